package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.InvalidationLog;

/**
 * The events that a database keeps, in the order in which they were committed. On PostgreSQL who appends holds a lock
 * from then until its commit, so that no event becomes visible before one with a lower place; so appending comes last in
 * a transaction. Thread-safe.
 */
public final class Outbox {
    private static final String APPEND = """
            INSERT INTO outbox (at, name, event)
            SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2 FROM %s ORDER BY key
            RETURNING place, (SELECT epoch FROM outbox_state) AS epoch""";
    /** How many places one page passes at most, so that a reader of rare events costs no more than others. */
    static final int MOST_PASSED = 10_000;
    /** One statement, so that what was deleted and what is kept are of one moment. */
    private static final String READ = """
            SELECT b.epoch, b.trimmed, b.begins, b.last, o.place, o.name, o.event
            FROM (SELECT epoch, trimmed, CASE WHEN trimmed > #{after} THEN trimmed ELSE #{after} END AS begins,
                         COALESCE((SELECT MAX(place) FROM outbox), trimmed) AS last FROM outbox_state) b
            LEFT JOIN outbox o ON o.place > b.begins AND o.place <= b.begins + %d AND o.name IN (%s)
            ORDER BY o.place LIMIT #{limit}""";
    private static final String LAST = """
            SELECT COALESCE((SELECT MAX(place) FROM outbox), trimmed) AS last FROM outbox_state""";
    private static final String OLDEST = """
            SELECT MIN(CASE WHEN at >= #{before} THEN place END) AS kept, MAX(place) AS last
            FROM (SELECT place, at FROM outbox ORDER BY place LIMIT 5000) oldest""";
    private static final String TRIMMED = "UPDATE outbox_state SET trimmed = #{to} WHERE trimmed < #{to}";
    private static final String DELETE = "DELETE FROM outbox WHERE place <= #{to}";

    private final Database database;

    /** The events of a database. */
    public Outbox(Database database) {
        this.database = database;
    }

    /** Whether events are kept at all. */
    public boolean isOn() {
        return !database.outbox().retention().isZero();
    }

    /** An event in the name of who uses the database. */
    public EventMessage message(Event event, Instant at) {
        return EventMessage.of(event, database.outbox().node(), at);
    }

    /**
     * Appends events within a transaction, as its last step, and gives them their places. Where no events are kept they
     * get none.
     */
    public Future<Void> append(SqlClient connection, List<EventMessage> events) {
        if (!isOn() || events.isEmpty()) {
            return Future.succeededFuture();
        }
        JsonArray rows = new JsonArray();
        events.forEach(event -> rows.add(
                new JsonArray().add(event.at().toEpochMilli()).add(event.name()).add(event.body())));
        return SqlTemplate.forQuery(connection, APPEND.formatted(database.elements("rows")))
                .execute(Map.of("rows", rows.encode()))
                .map(given -> place(events, given));
    }

    /** The lowest place is that of the first event. */
    private static Void place(List<EventMessage> events, RowSet<Row> given) {
        List<Cursor> places = new ArrayList<>();
        given.forEach(row -> places.add(new Cursor(row.getString("epoch"), row.getLong("place"))));
        places.sort(Comparator.comparingLong(Cursor::place));
        for (int i = 0; i < places.size(); i++) {
            events.get(i).place(places.get(i).toString());
        }
        return null;
    }

    /**
     * Adds a line to the log of invalidations, and the event that tells of it, within a transaction, as its last step.
     *
     * @param scope   what it covers
     * @param earlier events that come before this one
     * @param event   the event of the line's number
     * @return the line's number
     */
    public Future<Long> log(
            SqlClient connection, String scope, Instant at, List<EventMessage> earlier, LongFunction<Event> event) {
        return InvalidationLog.append(connection, scope, at).compose(seq -> {
            List<EventMessage> events = new ArrayList<>(earlier);
            EventMessage own = message(event.apply(seq), at);
            events.add(own);
            return append(connection, events).compose(appended -> own.cursor() == null
                    ? Future.succeededFuture(seq)
                    : InvalidationLog.tell(
                            connection, seq, new InvalidationLog.Told(own.name(), own.cursor())).map(seq));
        });
    }

    /**
     * What is kept after a place.
     *
     * @param after 0 for all that is kept
     * @param names of which events
     */
    Future<Slice> read(long after, List<String> names, int limit) {
        Map<String, Object> parameters = new HashMap<>(Map.of("after", after, "limit", limit));
        List<String> wanted = new ArrayList<>();
        for (String name : names) {
            parameters.put("name" + wanted.size(), name);
            wanted.add("#{name" + wanted.size() + "}");
        }
        String sql = READ.formatted(MOST_PASSED, String.join(", ", wanted));
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), sql).execute(parameters))
                .map(rows -> Slice.of(rows, limit));
    }

    /** The last place that was given. */
    Future<Long> last() {
        return Database.attempt(() -> database.reader().query(LAST).execute())
                .map(rows -> rows.iterator().next().getLong("last"));
    }

    /**
     * Deletes some of the events from before a time, the oldest first, up to the first that is later.
     *
     * @return whether there may be more of them
     */
    Future<Boolean> trim(Instant before) {
        return database.write(connection -> SqlTemplate.forQuery(connection, OLDEST)
                .execute(Map.of("before", before.toEpochMilli()))
                .compose(rows -> {
                    Row row = rows.iterator().next();
                    Long kept = row.getLong("kept");
                    Long last = row.getLong("last");
                    return last == null ? Future.succeededFuture(false)
                            : delete(connection, kept == null ? last : kept - 1).map(deleted -> deleted && kept == null);
                }));
    }

    /** Whether anything was deleted: another node may be at it. */
    private static Future<Boolean> delete(SqlClient connection, long to) {
        return SqlTemplate.forUpdate(connection, TRIMMED).execute(Map.of("to", to)).compose(trimmed ->
                trimmed.rowCount() == 0 ? Future.succeededFuture(false)
                        : SqlTemplate.forUpdate(connection, DELETE).execute(Map.of("to", to)).map(true));
    }
}

package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The numbered list of what was invalidated and which keys changed, by which every process on one database learns of
 * what the others did. Thread-safe.
 */
public final class InvalidationLog {
    private static final String APPEND = "INSERT INTO invalidations (scope, at) VALUES (#{scope}, #{at}) RETURNING seq";
    private static final String UNDO = """
            UPDATE invalidations SET undone_at = #{now} WHERE seq = #{seq} AND undone_at IS NULL RETURNING seq, scope, at, event, cursor""";
    private static final String STANDING =
            "SELECT seq, scope, at, event, cursor FROM invalidations WHERE seq > #{seq} AND undone_at IS NULL ORDER BY seq";
    private static final String TELL = "UPDATE invalidations SET event = #{event}, cursor = #{cursor} WHERE seq = #{seq}";
    private static final String SINCE = STANDING + " LIMIT 1000";
    private static final String LAST = "SELECT COALESCE(MAX(seq), 0) AS seq FROM invalidations";

    private final Database database;

    /** The list in a database. */
    public InvalidationLog(Database database) {
        this.database = database;
    }

    /**
     * A line of the list.
     *
     * @param seq   its number, growing
     * @param scope what it covers
     * @param at    when it was written
     * @param told  the event that tells of it; null where none is kept
     */
    public record Line(long seq, String scope, Instant at, Told told) {
    }

    /**
     * An event that is kept.
     *
     * @param name   its name
     * @param cursor its place among all that are kept
     */
    public record Told(String name, String cursor) {
    }

    /** Adds a line within a transaction of the caller's; its number. */
    public static Future<Long> append(SqlClient connection, String scope, Instant at) {
        return SqlTemplate.forQuery(connection, APPEND)
                .execute(Map.of("scope", scope, "at", at.toEpochMilli()))
                .map(rows -> rows.iterator().next().getLong("seq"));
    }

    /** Notes which event tells of a line, within the transaction that adds both. */
    public static Future<Void> tell(SqlClient connection, long seq, Told told) {
        return SqlTemplate.forUpdate(connection, TELL)
                .execute(Map.of("seq", seq, "event", told.name(), "cursor", told.cursor()))
                .mapEmpty();
    }

    /**
     * Marks a line as undone within a transaction of the caller's, so that who has not seen it yet never does.
     *
     * @return the line; empty where there is none, or it was undone before
     */
    public static Future<Optional<Line>> undo(SqlClient connection, long seq, Instant now) {
        return SqlTemplate.forQuery(connection, UNDO)
                .execute(Map.of("seq", seq, "now", now.toEpochMilli()))
                .map(rows -> rows.iterator().hasNext()
                        ? Optional.of(line(rows.iterator().next())) : Optional.empty());
    }

    /** The lines after one that were not undone, in order, within a transaction of the caller's. */
    public static Future<List<Line>> standingAfter(SqlClient connection, long seq) {
        return SqlTemplate.forQuery(connection, STANDING).execute(Map.of("seq", seq)).map(InvalidationLog::lines);
    }

    private static List<Line> lines(RowSet<Row> rows) {
        List<Line> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(row)));
        return lines;
    }

    private static Line line(Row row) {
        String event = row.getString("event");
        return new Line(
                row.getLong("seq"), row.getString("scope"), Instant.ofEpochMilli(row.getLong("at")),
                event == null ? null : new Told(event, row.getString("cursor")));
    }

    /** Adds a line; its number. */
    public Future<Long> append(String scope, Instant at) {
        return database.write(connection -> append(connection, scope, at));
    }

    /** The lines after a number, in order, at most 1,000. */
    public Future<List<Line>> since(long seq) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), SINCE).execute(Map.of("seq", seq)))
                .map(InvalidationLog::lines);
    }

    /** The number of the last line; 0 when there is none. */
    public Future<Long> last() {
        return Database.attempt(() -> database.reader().query(LAST).execute())
                .map(rows -> rows.iterator().next().getLong("seq"));
    }
}

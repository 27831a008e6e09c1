package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The numbered list of what was invalidated and which keys changed, by which every process on one database learns of
 * what the others did. Thread-safe.
 */
public final class InvalidationLog {
    private static final String APPEND = "INSERT INTO invalidations (scope, at) VALUES (#{scope}, #{at})";
    private static final String SINCE =
            "SELECT seq, scope FROM invalidations WHERE seq > #{seq} AND undone_at IS NULL ORDER BY seq LIMIT 1000";
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
     */
    public record Line(long seq, String scope) {
    }

    /** Adds a line within a transaction of the caller's. */
    public static Future<Void> append(SqlClient connection, String scope, Instant at) {
        return SqlTemplate.forUpdate(connection, APPEND)
                .execute(Map.of("scope", scope, "at", at.toEpochMilli()))
                .mapEmpty();
    }

    /** Adds a line. */
    public Future<Void> append(String scope, Instant at) {
        return Database.attempt(() -> append(database.writer(), scope, at));
    }

    /** The lines after a number, in order, at most 1,000. */
    public Future<List<Line>> since(long seq) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), SINCE).execute(Map.of("seq", seq)))
                .map(rows -> {
                    List<Line> lines = new ArrayList<>();
                    rows.forEach(row -> lines.add(new Line(row.getLong("seq"), row.getString("scope"))));
                    return lines;
                });
    }

    /** The number of the last line; 0 when there is none. */
    public Future<Long> last() {
        return Database.attempt(() -> database.reader().query(LAST).execute())
                .map(rows -> rows.iterator().next().getLong("seq"));
    }
}

package systems.supported.rentcache.analytics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.storage.Database;

/**
 * Who writes usage into a database, so that a crash is told. A writer marks itself and renews its mark as long as it
 * lives; at an orderly stop it takes it away. A mark of another that stands still for a while, by the watcher's own
 * clock, is that of a writer that crashed: one of those who watch takes it away and says so.
 *
 * <p>Confined to one event loop.
 */
final class UsageWriters {
    private static final Logger LOG = LoggerFactory.getLogger(UsageWriters.class);
    private static final String MARK = """
            INSERT INTO usage_writers (writer, started_at, written_at, beats)
            VALUES (#{writer}, #{startedAt}, #{at}, 1)
            ON CONFLICT (writer) DO UPDATE SET written_at = excluded.written_at, beats = usage_writers.beats + 1""";
    private static final String OTHERS =
            "SELECT writer, started_at, written_at, beats FROM usage_writers WHERE writer <> #{writer}";
    private static final String TAKE_AWAY =
            "DELETE FROM usage_writers WHERE writer = #{writer} AND beats = #{beats}";
    private static final String DONE = "DELETE FROM usage_writers WHERE writer = #{writer}";

    private final Database database;
    private final Duration patience;
    private final LongSupplier nanos;
    private final String writer = UUID.randomUUID().toString();
    private final Map<String, Seen> others = new HashMap<>();
    private Instant startedAt;

    /** A mark and since when it stands still, by {@link System#nanoTime}. */
    private record Seen(long beats, long since) {
    }

    /**
     * A writer of a database.
     *
     * @param patience how long a living writer's mark may stand still
     * @param nanos    a clock that nobody sets
     */
    UsageWriters(Database database, Duration patience, LongSupplier nanos) {
        this.database = database;
        this.patience = patience;
        this.nanos = nanos;
    }

    /**
     * Renews the own mark and looks after the others'.
     *
     * @param now up to when all usage is written
     */
    Future<Void> beat(Instant now) {
        startedAt = startedAt == null ? now : startedAt;
        Map<String, Object> mark =
                Map.of("writer", writer, "startedAt", startedAt.toEpochMilli(), "at", now.toEpochMilli());
        return database.<Void>write(connection -> SqlTemplate.forUpdate(connection, MARK).execute(mark).mapEmpty())
                .compose(marked -> SqlTemplate.forQuery(database.reader(), OTHERS).execute(Map.of("writer", writer)))
                .compose(this::watch);
    }

    private Future<Void> watch(RowSet<Row> marks) {
        Map<String, Seen> before = new HashMap<>(others);
        others.clear();
        Future<Void> told = Future.succeededFuture();
        for (Row mark : marks) {
            Seen last = before.get(mark.getString("writer"));
            long beats = mark.getLong("beats");
            Seen seen = last != null && last.beats == beats ? last : new Seen(beats, nanos.getAsLong());
            others.put(mark.getString("writer"), seen);
            if (nanos.getAsLong() - seen.since >= patience.toNanos()) {
                told = told.compose(next -> tell(mark, beats));
            }
        }
        return told;
    }

    private Future<Void> tell(Row mark, long beats) {
        Map<String, Object> left = Map.of("writer", mark.getString("writer"), "beats", beats);
        return database.write(connection -> SqlTemplate.forUpdate(connection, TAKE_AWAY).execute(left)).map(taken -> {
            if (taken.rowCount() == 1) {
                LOG.warn("A node that was started at {} ended without putting its usage away. From {} on usage of it may "
                                + "be lacking: what it had not written when it ended.",
                        Instant.ofEpochMilli(mark.getLong("started_at")),
                        Instant.ofEpochMilli(mark.getLong("written_at")));
            }
            return null;
        });
    }

    /** Takes the own mark away: all is written. */
    Future<Void> done() {
        return startedAt == null ? Future.succeededFuture() : database.write(connection ->
                SqlTemplate.forUpdate(connection, DONE).execute(Map.of("writer", writer)).mapEmpty());
    }
}

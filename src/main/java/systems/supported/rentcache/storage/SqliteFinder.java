package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Look-ups in a SQLite file by statements that stay prepared. Each question that no tier in memory can answer waits for
 * one, and Vert.x's client for JDBC prepares, describes and closes a statement for each.
 */
final class SqliteFinder implements Finder {
    private static final String KEY = "#{key}";

    private final DataSource source;
    private final WorkerExecutor workers;
    private final Queue<Prepared> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** A connection that one thread at a time uses, and its statements by their text. */
    private record Prepared(Connection connection, Map<String, PreparedStatement> statements) {
    }

    /**
     * A finder that has opened nothing yet.
     *
     * @param name  of its threads
     * @param count how many look-ups may be under way at once
     */
    SqliteFinder(Vertx vertx, DataSource source, String name, int count) {
        this.source = source;
        this.workers = vertx.createSharedWorkerExecutor(name, count);
    }

    @Override
    public <T> Future<Optional<T>> find(String sql, String key, Function<KeptRow, T> read) {
        return workers.executeBlocking(() -> findNow(sql, key, read), false);
    }

    private <T> Optional<T> findNow(String sql, String key, Function<KeptRow, T> read) throws SQLException {
        Prepared prepared = idle.poll();
        if (prepared == null) {
            prepared = new Prepared(source.getConnection(), new HashMap<>());
        }
        boolean good = false;
        try {
            Optional<T> found = find(prepared, sql, key, read);
            good = true;
            return found;
        } finally {
            if (good) {
                putBack(prepared);
            } else {
                prepared.connection.close();
            }
        }
    }

    private static <T> Optional<T> find(Prepared prepared, String sql, String key, Function<KeptRow, T> read)
            throws SQLException {
        PreparedStatement statement = prepared.statements.get(sql);
        if (statement == null) {
            statement = prepared.connection.prepareStatement(sql.replace(KEY, "?"));
            prepared.statements.put(sql, statement);
        }
        statement.setString(1, key);
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(read.apply(new JdbcRow(rows))) : Optional.empty();
        }
    }

    private void putBack(Prepared prepared) throws SQLException {
        idle.add(prepared);
        if (closed) {
            closeIdle();
        }
    }

    private void closeIdle() throws SQLException {
        for (Prepared left = idle.poll(); left != null; left = idle.poll()) {
            left.connection.close();
        }
    }

    @Override
    public Future<Void> close() {
        closed = true;
        return workers.<Void>executeBlocking(() -> {
            closeIdle();
            return null;
        }, false).eventually(workers::close);
    }

    /** The row that a result is at. */
    private record JdbcRow(ResultSet rows) implements KeptRow {
        private interface Reading<T> {
            T get() throws SQLException;
        }

        @Override
        public String text(String column) {
            return read(() -> rows.getString(column));
        }

        @Override
        public Long number(String column) {
            return read(() -> {
                long number = rows.getLong(column);
                return rows.wasNull() ? null : number;
            });
        }

        @Override
        public Buffer bytes(String column) {
            return read(() -> {
                byte[] bytes = rows.getBytes(column);
                return bytes == null ? null : Buffer.buffer(bytes);
            });
        }

        private static <T> T read(Reading<T> reading) {
            try {
                return reading.get();
            } catch (SQLException unreadable) {
                throw new IllegalStateException(unreadable);
            }
        }
    }
}

package systems.supported.rentcache.storage;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Looks single rows up by their key, by the shortest way that a database has. Thread-safe. */
interface Finder {
    /**
     * The first row of a query.
     *
     * @param sql  the query, the same text each time, with {@code #{key}} in it once and nothing else that is bound
     * @param key  what is bound
     * @param read makes of the row what is wanted of it; on any thread
     * @return completes on the caller's context
     */
    <T> Future<Optional<T>> find(String sql, String key, Function<KeptRow, T> read);

    /** Gives up what it holds. */
    Future<Void> close();
}

package systems.supported.rentcache.auth;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.limits.Quota;

/** Where API keys are kept. Futures fail when the store cannot be used; that a key is not there is no failure. */
public interface ApiKeyStore {
    /**
     * A new key.
     *
     * @param spec  what it is to be
     * @param value its value, of which only the digest is kept
     * @return the key; fails with {@link KeyConflict} when the name or the value is taken
     */
    Future<ApiKey> create(KeySpec spec, String value, Instant now);

    /** The key whose present or previous value has a digest, active or not. */
    Future<Optional<ApiKey>> byHash(KeyHash hash);

    /** The key of an id, or the active key (else the last one) of a name. */
    Future<Optional<ApiKey>> find(String idOrName);

    /** Keys in the order in which they were made, at most {@code limit}, from behind the id {@code after}. */
    Future<List<ApiKey>> list(boolean withRevoked, long after, int limit);

    /** Changes what a key is; fails with {@link KeyConflict} when the new name is taken. */
    Future<ApiKey> update(long id, KeySpec spec, boolean active, Instant now);

    /** Ends a key at once. */
    Future<Void> revoke(long id, Instant now);

    /** Gives a key a new value; the present one is accepted for {@code overlap} longer. */
    Future<ApiKey> rotate(long id, String newValue, Duration overlap, Instant now);

    /**
     * Adds to what was used of quotas, where other nodes count too, and notes that the keys were used.
     *
     * @param deltas by the keys' ids, for the days and months that they name
     */
    Future<Void> addUsage(Map<Long, Quota.Usage> deltas, Instant now);

    /** Writes what was used of quotas, and that the keys were used. */
    Future<Void> saveUsage(Map<Long, Quota.Usage> usage, Instant now);
}

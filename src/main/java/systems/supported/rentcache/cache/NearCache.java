package systems.supported.rentcache.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * The near tier (L0): prepared answers in this process's memory, bounded by bytes, evicted by W-TinyLFU.
 *
 * <p>A look-up is a read of a concurrent map on the caller's thread. Stale entries stay until they are replaced or
 * evicted: whether an entry may be served is decided by {@link CacheDecision}, not by its presence. Thread-safe.
 */
public final class NearCache {
    private final Cache<CacheKey, NearEntry> entries;

    /**
     * An empty cache.
     *
     * @param maximumBytes about how much memory the entries may take; more than 0
     */
    public NearCache(long maximumBytes) {
        entries = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((CacheKey key, NearEntry entry) -> entry.answer().weight())
                .executor(Runnable::run)
                .build();
    }

    /** The entry under a key, fresh or not; null where there is none. */
    public NearEntry get(CacheKey key) {
        return entries.getIfPresent(key);
    }

    /** Keeps an answer, in place of what was there. */
    public NearEntry put(StoredAnswer answer) {
        NearEntry entry = new NearEntry(answer);
        entries.put(answer.entry().key(), entry);
        return entry;
    }

    /** Puts the compressed form beside an answer, if the answer is still the one that is kept. */
    public void replace(StoredAnswer answer, StoredAnswer compressed) {
        entries.asMap().computeIfPresent(
                answer.entry().key(),
                (key, known) -> known.answer() == answer ? new NearEntry(compressed) : known);
    }

    /** Drops what an invalidation covers. */
    public void invalidate(Invalidation what) {
        if (what instanceof Invalidation.OfKey one) {
            entries.invalidate(one.key());
        } else {
            entries.asMap().values().removeIf(entry -> what.covers(entry.answer().entry()));
        }
    }

    /** How many entries there are, about. */
    public long size() {
        return entries.estimatedSize();
    }

    /** How many bytes they take, about. */
    public long bytes() {
        return entries.policy().eviction().map(Policy.Eviction::weightedSize)
                .map(weight -> weight.orElse(0)).orElse(0L);
    }
}

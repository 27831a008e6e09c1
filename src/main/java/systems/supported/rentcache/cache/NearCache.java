package systems.supported.rentcache.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * The near tier (L0): prepared answers in this process's memory, bounded by bytes, evicted by W-TinyLFU.
 *
 * <p>A look-up is a read of a concurrent map on the caller's thread. Stale entries stay until they are replaced or
 * evicted: whether an entry may be served is decided by {@link CacheDecision}, not by its presence. Thread-safe.
 */
public final class NearCache {
    private final Cache<CacheKey, NearEntry> entries;
    private final LongAdder evicted = new LongAdder();
    private final LongSupplier nanos;
    private volatile boolean trustEnds;
    private volatile long trustedUntil;

    /**
     * An empty cache.
     *
     * @param maximumBytes about how much memory the entries may take; more than 0
     */
    public NearCache(long maximumBytes) {
        this(maximumBytes, System::nanoTime);
    }

    /**
     * An empty cache with a clock of its own.
     *
     * @param maximumBytes about how much memory the entries may take; more than 0
     * @param nanos        nanoseconds of a clock that does not step, for {@link #trustUntil}
     */
    public NearCache(long maximumBytes, LongSupplier nanos) {
        this.nanos = nanos;
        entries = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((CacheKey key, NearEntry entry) -> entry.answer().weight())
                .evictionListener((key, entry, cause) -> evicted.increment())
                .executor(Runnable::run)
                .build();
    }

    /**
     * Says until when it is known what is invalid; from then on an entry is the last resort, also where nobody comes to
     * say so: whoever should may wait for a database that hangs, or the whole process may have stood still. Before it
     * is said for the first time, an entry is trusted.
     *
     * @param end nanoseconds of the cache's clock
     */
    public void trustUntil(long end) {
        trustedUntil = end;
        trustEnds = true;
    }

    /** Whether it is known what is invalid. */
    public boolean isTrusted() {
        return !trustEnds || nanos.getAsLong() - trustedUntil < 0;
    }

    /** The entry under a key, fresh or not; null where there is none. */
    public NearEntry get(CacheKey key) {
        return entries.getIfPresent(key);
    }

    /** The entry under a key, fresh or not, without counting as a use of it; null where there is none. */
    public NearEntry peek(CacheKey key) {
        return entries.policy().getIfPresentQuietly(key);
    }

    /**
     * Keeps an answer that has its question's text, in place of what was there; without its question's text, which
     * takes room and is not read.
     */
    public NearEntry put(StoredAnswer answer) {
        NearEntry entry = slim(answer);
        entries.put(answer.entry().key(), entry);
        return entry;
    }

    /** Keeps an answer where there is none under its key; says whether. */
    public boolean putIfAbsent(StoredAnswer answer) {
        CacheKey key = answer.entry().key();
        return !entries.asMap().containsKey(key) && entries.asMap().putIfAbsent(key, slim(answer)) == null;
    }

    /** Puts the compressed form beside an answer, if the answer is still the one that is kept; says whether. */
    public boolean replace(StoredAnswer answer, StoredAnswer compressed) {
        NearEntry now = entries.asMap().computeIfPresent(
                answer.entry().key(),
                (key, known) -> known.answer().body() == answer.body() ? slim(compressed) : known);
        return now != null && now.answer().gzip() == compressed.gzip();
    }

    private static NearEntry slim(StoredAnswer answer) {
        return new NearEntry(
                new StoredAnswer(answer.entry().slim(), answer.body(), answer.gzip()),
                answer.entry().question());
    }

    /** Drops what an invalidation covers. */
    public void invalidate(Invalidation what) {
        if (what instanceof Invalidation.OfKey one) {
            entries.invalidate(one.key());
        } else {
            entries.asMap().values().removeIf(entry -> entry.isCoveredBy(what));
        }
    }

    /** How many entries there are, about. */
    public long size() {
        return entries.estimatedSize();
    }

    /** How many entries had to go for others since the start. */
    public long evicted() {
        return evicted.sum();
    }

    /** How many bytes they take, about. */
    public long bytes() {
        return entries.policy().eviction().map(Policy.Eviction::weightedSize)
                .map(weight -> weight.orElse(0)).orElse(0L);
    }
}

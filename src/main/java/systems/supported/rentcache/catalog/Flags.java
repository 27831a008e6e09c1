package systems.supported.rentcache.catalog;

import java.time.Duration;

/**
 * What a request asks of the cache itself, by the original's query flags. They go neither upstream nor into the key.
 *
 * @param forceRefresh whether the upstream has to be asked whatever is kept
 * @param ttlOverride  how long an answer that is fetched for this request is to be fresh; null for the endpoint's time
 */
public record Flags(boolean forceRefresh, Duration ttlOverride) {
    /** Nothing asked. */
    public static final Flags NONE = new Flags(false, null);
}

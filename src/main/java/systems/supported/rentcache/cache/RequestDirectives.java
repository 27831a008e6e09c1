package systems.supported.rentcache.cache;

import java.time.Duration;
import java.util.Locale;
import systems.supported.rentcache.catalog.Flags;

/**
 * What a request asks of the cache: the directives of its {@code Cache-Control} (RFC 9111 §5.2.1) and the original
 * program's flags.
 *
 * @param forceRefresh whether the upstream has to be asked whatever is kept
 * @param noCache      whether a kept answer may only be given once the upstream confirmed it
 * @param noStore      whether an answer that is fetched for this request must not be kept, nor shared
 * @param onlyIfCached whether the upstream must not be asked
 * @param maxAge       the oldest answer that is wanted; null for any age
 * @param minFresh     how long the answer has to be fresh yet; null for not at all
 * @param maxStale     how long the answer may be stale by; null where the request does not say
 * @param ttlOverride  how long an answer that is fetched for this request is to be fresh; null for the endpoint's time
 */
public record RequestDirectives(
        boolean forceRefresh,
        boolean noCache,
        boolean noStore,
        boolean onlyIfCached,
        Duration maxAge,
        Duration minFresh,
        Duration maxStale,
        Duration ttlOverride) {
    /** Nothing asked. */
    public static final RequestDirectives NONE =
            new RequestDirectives(false, false, false, false, null, null, null, null);
    private static final RequestDirectives NO_CACHE =
            new RequestDirectives(false, true, false, false, null, null, null, null);
    /** {@code max-stale} without a number: however stale. */
    private static final Duration ANY = Duration.ofSeconds(Integer.MAX_VALUE);

    /**
     * What a header and flags ask together.
     *
     * @param cacheControl the value of {@code Cache-Control}; null where there is none. A directive that is unknown or
     *                     malformed is ignored (RFC 9111 §5.2).
     */
    public static RequestDirectives of(String cacheControl, Flags flags) {
        RequestDirectives asked = cacheControl == null ? NONE : parse(cacheControl);
        return flags == Flags.NONE ? asked : new RequestDirectives(
                flags.forceRefresh(), asked.noCache, asked.noStore, asked.onlyIfCached, asked.maxAge, asked.minFresh,
                asked.maxStale, flags.ttlOverride());
    }

    private static RequestDirectives parse(String cacheControl) {
        if (cacheControl.equals("no-cache")) {
            return NO_CACHE;
        }
        boolean noCache = false;
        boolean noStore = false;
        boolean onlyIfCached = false;
        Duration maxAge = null;
        Duration minFresh = null;
        Duration maxStale = null;
        for (String directive : cacheControl.split(",")) {
            int equals = directive.indexOf('=');
            String name = (equals < 0 ? directive : directive.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            Duration seconds = equals < 0 ? null : seconds(directive.substring(equals + 1).strip());
            switch (name) {
                case "no-cache" -> noCache = true;
                case "no-store" -> noStore = true;
                case "only-if-cached" -> onlyIfCached = true;
                case "max-age" -> maxAge = seconds == null ? maxAge : seconds;
                case "min-fresh" -> minFresh = seconds == null ? minFresh : seconds;
                case "max-stale" -> maxStale = equals < 0 ? ANY : seconds == null ? maxStale : seconds;
                default -> { }
            }
        }
        return noCache || noStore || onlyIfCached || maxAge != null || minFresh != null || maxStale != null
                ? new RequestDirectives(false, noCache, noStore, onlyIfCached, maxAge, minFresh, maxStale, null)
                : NONE;
    }

    /** Delta-seconds (RFC 9111 §1.2.2); one that is too large counts as the largest, one that is none as absent. */
    private static Duration seconds(String text) {
        String digits = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1) : text;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return digits.length() > 9 ? ANY : Duration.ofSeconds(Long.parseLong(digits));
    }

    /** Whether it may take a call that would not be made without it. */
    public boolean canCost() {
        return forceRefresh || noCache || noStore || maxAge != null || minFresh != null || ttlOverride != null;
    }

    /**
     * The same without the directives that can cost money. RFC 9111 §5.2.1 lets a cache ignore them: what a client's
     * library sends by itself must neither fail nor be paid for.
     */
    public RequestDirectives withoutCostly() {
        return onlyIfCached || maxStale != null
                ? new RequestDirectives(false, false, false, onlyIfCached, null, null, maxStale, null) : NONE;
    }
}

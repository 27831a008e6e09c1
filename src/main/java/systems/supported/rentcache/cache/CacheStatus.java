package systems.supported.rentcache.cache;

import java.time.Duration;

/**
 * The value of {@code Cache-Status} (RFC 9211), formatted from what was decided and done; nothing is inferred here.
 */
public final class CacheStatus {
    private static final String CACHE = "RentCache";

    private CacheStatus() {
    }

    /** Nothing that was kept answered a request that wanted nothing else. */
    public static String onlyIfCachedMiss() {
        return CACHE + "; detail=only-if-cached";
    }

    /**
     * A kept answer was given.
     *
     * @param freshFor how long it stays fresh; negative where it is stale
     * @param tier     where it was found
     */
    public static String hit(Duration freshFor, String tier) {
        return CACHE + "; hit; ttl=" + freshFor.toSeconds() + "; detail=" + tier;
    }

    /**
     * The upstream was asked.
     *
     * @param reason    why
     * @param status    what it answered, or 0 where no status came
     * @param stored    whether the answer was kept
     * @param collapsed whether this request shared another one's call
     * @param detail    more, as a token of RFC 8941, or null
     */
    public static String forwarded(
            ForwardReason reason, int status, boolean stored, boolean collapsed, String detail) {
        StringBuilder text = new StringBuilder(64).append(CACHE).append("; fwd=").append(reason.token());
        if (status != 0) {
            text.append("; fwd-status=").append(status);
        }
        if (stored) {
            text.append("; stored");
        }
        if (collapsed) {
            text.append("; collapsed");
        }
        if (detail != null) {
            text.append("; detail=").append(detail);
        }
        return text.toString();
    }
}

package systems.supported.rentcache.catalog;

import java.time.Duration;

/**
 * How long an answer may be given after its freshness lifetime (RFC 5861); both times begin where that ends.
 *
 * @param whileRevalidate how long a stale answer is given at once while a new one is fetched in the background; zero for
 *                        never. An answer is never given so for longer than it was fresh.
 * @param ifError         how long it is given where the upstream fails; zero for never
 * @param demand          how many requests have to ask for a stale answer before it is refreshed in the background, at
 *                        least 1
 */
public record StaleWindows(Duration whileRevalidate, Duration ifError, int demand) {
    /** Nothing stale is ever given. */
    public static final StaleWindows NONE = new StaleWindows(Duration.ZERO, Duration.ZERO, 1);

    /** The latest end of the two. */
    public Duration longest() {
        return whileRevalidate.compareTo(ifError) > 0 ? whileRevalidate : ifError;
    }
}

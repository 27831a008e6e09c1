package systems.supported.rentcache.upstream;

import java.time.Duration;
import systems.supported.rentcache.cache.UpstreamFailure;

/**
 * Whether and when a failed call is made again. Only calls that failed for free are: a call whose answer may have been
 * on its way may have been billed, and a second one would be billed again.
 */
final class Retries {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private Retries() {
    }

    /**
     * How long to wait before the next attempt; null for no further attempt.
     *
     * @param failure what happened
     * @param attempt how many attempts were made, at least 1
     * @param max     the most retries
     * @param left    the time that is left for the whole fetch
     * @param random  a number from 0 (inclusive) to 1, so that those who failed together do not return together
     */
    static Duration next(UpstreamFailure failure, int attempt, int max, Duration left, double random) {
        if (attempt > max || failure.costMicros() != 0) {
            return null;
        }
        Duration wait = switch (failure.kind()) {
            case RATE_LIMITED, SERVER_ERROR, UNREACHABLE -> backOff(failure, attempt, random);
            case TIMED_OUT -> failure.status() == 0 ? null : backOff(failure, attempt, random);
            case KEY_REFUSED, BROKEN, QUEUE_FULL, BUDGET_SPENT, BUDGET_UNKNOWN, CIRCUIT_OPEN, GAVE_WAY, NO_LOOKUP_NODE,
                    NO_UPSTREAM_NODE -> null;
        };
        return wait == null || wait.compareTo(LONGEST) > 0 || wait.compareTo(left) >= 0 ? null : wait;
    }

    private static Duration backOff(UpstreamFailure failure, int attempt, double random) {
        long ceiling = FIRST.toMillis() << Math.min(attempt, 10);
        Duration jittered = Duration.ofMillis((long) (ceiling * (0.5 + random / 2)));
        return failure.retryAfter() == null ? jittered : failure.retryAfter().plus(jittered);
    }
}

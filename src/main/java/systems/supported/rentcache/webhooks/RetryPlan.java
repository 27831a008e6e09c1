package systems.supported.rentcache.webhooks;

import java.time.Duration;
import java.util.Optional;

/**
 * When a delivery that failed is tried again: each time after twice as long, up to a bound, less a random part of up to
 * a half, so that many that failed together do not come back together. Pure.
 *
 * @param tries   how often it is tried at most, at least 1
 * @param first   how long after the first failure at most
 * @param longest how long after any failure at most
 */
record RetryPlan(int tries, Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 30;

    /** The plan with the configured number of tries. */
    static RetryPlan of(int tries) {
        return new RetryPlan(tries, Duration.ofSeconds(5), Duration.ofHours(1));
    }

    /**
     * How long to wait after a failure.
     *
     * @param failures how many there were, at least 1
     * @param random   from 0 to 1, without 1
     * @return empty where it is given up
     */
    Optional<Duration> delay(int failures, double random) {
        if (failures >= tries) {
            return Optional.empty();
        }
        long doubled = first.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
        long most = Math.min(longest.toMillis(), doubled);
        return Optional.of(Duration.ofMillis(most / 2 + (long) (random * (most - most / 2))));
    }
}

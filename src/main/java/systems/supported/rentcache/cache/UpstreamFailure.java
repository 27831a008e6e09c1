package systems.supported.rentcache.cache;

import java.time.Duration;

/**
 * Why the upstream gave no answer that could be passed on.
 *
 * @param kind       what happened
 * @param status     the upstream's status, or 0 where none came
 * @param retryAfter when to try again, or null where nobody knows
 * @param costMicros what it may have cost, in micro-dollars: a call whose answer was lost on the way may be billed
 */
public record UpstreamFailure(Kind kind, int status, Duration retryAfter, long costMicros) {

    /** What happened. */
    public enum Kind {
        /** No connection could be made: the request never left. */
        UNREACHABLE,
        /** No answer, or no whole answer, within the time-out. */
        TIMED_OUT,
        /** The upstream refused the key, or the plan behind it. */
        KEY_REFUSED,
        /** The upstream's limit of calls a second was reached. */
        RATE_LIMITED,
        /** The upstream answered with an error of its own. */
        SERVER_ERROR,
        /** What the upstream sent was no proper answer: cut off, or against HTTP's rules. */
        BROKEN,
        /** More calls wait for their turn than can be made in time; the upstream was not asked. */
        QUEUE_FULL
    }
}

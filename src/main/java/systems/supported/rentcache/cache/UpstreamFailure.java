package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;

/**
 * Why the upstream gave no answer that could be passed on.
 *
 * @param kind       what happened
 * @param status     the upstream's status, or 0 where none came
 * @param retryAfter when to try again, or null where nobody knows
 * @param costMicros what it may have cost, in micro-dollars: a call whose answer was lost on the way may be billed
 * @param spent      the budget that does not allow the call, or null where none is in its way
 */
public record UpstreamFailure(Kind kind, int status, Duration retryAfter, long costMicros, SpentBudget spent) {

    /**
     * A budget that does not allow the call.
     *
     * @param scope    {@code account}, {@code endpoint} or {@code key}
     * @param name     the endpoint's name or the key's id; empty for the account
     * @param renewsAt when its next billing month begins
     */
    public record SpentBudget(String scope, String name, Instant renewsAt) {
    }

    /**
     * The refusal of a call for want of budget.
     *
     * @param scope    the budget's, as the ledger names it: {@code account}, {@code endpoint:NAME} or {@code key:ID}
     * @param renewsAt when its next billing month begins
     */
    public static UpstreamFailure budgetSpent(String scope, Instant renewsAt, Instant now) {
        int colon = scope.indexOf(':');
        return new UpstreamFailure(Kind.BUDGET_SPENT, 0, Duration.between(now, renewsAt), 0, new SpentBudget(
                colon < 0 ? scope : scope.substring(0, colon), colon < 0 ? "" : scope.substring(colon + 1), renewsAt));
    }

    /** A failure that no budget has a part in. */
    public UpstreamFailure(Kind kind, int status, Duration retryAfter, long costMicros) {
        this(kind, status, retryAfter, costMicros, null);
    }

    /**
     * Whether a question that waited for the call has failed with it. It has not where the failure was of who asked:
     * its own upstream key, its budget, or that nobody waited for it.
     *
     * @param question what shared the call
     */
    boolean isAlsoOf(LookupRequest question) {
        return switch (kind) {
            // Each consumer's key has a line of its own.
            case QUEUE_FULL -> false;
            case KEY_REFUSED, RATE_LIMITED -> question.consumerKey() == null;
            case GAVE_WAY -> question.background();
            case BUDGET_SPENT -> !spent.scope().equals("key") || spent.name().equals(Long.toString(question.keyId()));
            case UNREACHABLE, TIMED_OUT, SERVER_ERROR, BROKEN, BUDGET_UNKNOWN, CIRCUIT_OPEN, NO_LOOKUP_NODE,
                    NO_UPSTREAM_NODE -> true;
        };
    }

    /**
     * Whether it is a failure of whoever asks the same question on any node: one of the upstream's own, or of the
     * account. What a node's network, line, circuit or database did says nothing of another's.
     *
     * @param question what the call was made for
     */
    boolean isOfAll(LookupRequest question) {
        return switch (kind) {
            case KEY_REFUSED, RATE_LIMITED -> question.consumerKey() == null;
            case BUDGET_SPENT -> !spent.scope().equals("key");
            case TIMED_OUT, SERVER_ERROR, BROKEN -> true;
            case UNREACHABLE, QUEUE_FULL, GAVE_WAY, BUDGET_UNKNOWN, CIRCUIT_OPEN, NO_LOOKUP_NODE, NO_UPSTREAM_NODE ->
                    false;
        };
    }

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
        QUEUE_FULL,
        /** A budget does not allow the call; the upstream was not asked. */
        BUDGET_SPENT,
        /** Whether a budget allows the call cannot be found out; the upstream was not asked. */
        BUDGET_UNKNOWN,
        /** The last calls to this endpoint failed; the upstream is left alone for a while and was not asked. */
        CIRCUIT_OPEN,
        /** A refresh in the background was not made: the budget runs low, or others wait for their calls. */
        GAVE_WAY,
        /** No node of the cluster that can be reached looks questions up. */
        NO_LOOKUP_NODE,
        /** No node of the cluster that can be reached calls the upstream; it was not asked. */
        NO_UPSTREAM_NODE
    }
}

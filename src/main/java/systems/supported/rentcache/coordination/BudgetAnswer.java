package systems.supported.rentcache.coordination;

import java.time.Instant;

/** Whether a call may be made. */
public sealed interface BudgetAnswer {
    /**
     * It may be made, and its cost is held until it is committed or released, which has to be done exactly once.
     *
     * @param id         what names the reservation
     * @param ask        what it is for
     * @param period     the billing month that it belongs to
     * @param costMicros what the call costs under the plan, in micro-dollars
     * @param held       where it is held
     */
    record Reserved(String id, BudgetAsk ask, String period, long costMicros, Held held) implements BudgetAnswer {
    }

    /**
     * A budget is spent, or spent so far that calls in the background are not made.
     *
     * @param scope    which one, as in {@link BudgetScope}
     * @param renewsAt when its next billing month begins
     */
    record Refused(String scope, Instant renewsAt) implements BudgetAnswer {
    }

    /** The ledger cannot be asked, and what was reserved in advance is spent or does not cover the call. */
    record Away() implements BudgetAnswer {
    }

    /** Where a reservation is held. */
    enum Held {
        /** In the database. */
        IN_SQL,
        /** Nowhere: no budget covers the call. It is counted once it was made. */
        NOWHERE,
        /** In what the node reserved in advance. */
        IN_ADVANCE
    }
}

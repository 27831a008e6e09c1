package systems.supported.rentcache.limits;

import java.util.Arrays;
import java.util.List;

/**
 * What the upstream bills for a month: a fee, which includes a number of calls, and a price for each call past them.
 * Pure; money is micro-dollars.
 *
 * @param feeMicros          what a month costs before any call past the included ones, at least 0
 * @param includedCalls      how many calls a month the fee pays for, at least 0
 * @param overagePriceMicros what each call past them costs, at least 0
 */
public record Plan(long feeMicros, long includedCalls, long overagePriceMicros) {
    /** As many calls as there can be. */
    public static final long ANY_NUMBER = Long.MAX_VALUE;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is negative
     */
    public Plan {
        if (feeMicros < 0 || includedCalls < 0 || overagePriceMicros < 0) {
            throw new IllegalArgumentException("a plan's numbers are not negative");
        }
    }

    /** Rentcast's plans, as they were in 2026. Enterprise is by contract. */
    public enum Preset {
        /** For trying it out. */
        DEVELOPER(0, 50, 200_000),
        /** The smallest that costs a fee. */
        FOUNDATION(74_000_000, 1_000, 60_000),
        /** The middle one. */
        GROWTH(199_000_000, 5_000, 30_000),
        /** The largest with a listed price. */
        SCALE(449_000_000, 25_000, 15_000);

        private final Plan plan;

        Preset(long feeMicros, long includedCalls, long overagePriceMicros) {
            this.plan = new Plan(feeMicros, includedCalls, overagePriceMicros);
        }

        /** Its terms. */
        public Plan plan() {
            return plan;
        }

        /** All of them, the smallest first. */
        public static List<Preset> all() {
            return Arrays.asList(values());
        }
    }

    /** What the next call costs after so many in the month. */
    public long priceOf(long callsSoFar) {
        return callsSoFar < includedCalls ? 0 : overagePriceMicros;
    }

    /** What so many calls in a month cost besides the fee. */
    public long overageOf(long calls) {
        return Math.multiplyExact(Math.max(0, calls - includedCalls), overagePriceMicros);
    }

    /** The month's bill after so many calls. */
    public long billOf(long calls) {
        return Math.addExact(feeMicros, overageOf(calls));
    }

    /**
     * The most calls for which the month's bill is not above an amount, or {@link #ANY_NUMBER}. Calls that the fee
     * includes add nothing to the bill, so there are as many of them even where the fee alone is above the amount.
     */
    public long callsWithin(long billMicros) {
        if (overagePriceMicros == 0) {
            return ANY_NUMBER;
        }
        return includedCalls + Math.max(0, billMicros - feeMicros) / overagePriceMicros;
    }
}

package systems.supported.rentcache.refresh;

import java.time.Instant;
import java.util.Map;

/**
 * How far a round of warming is, as it was at one moment.
 *
 * @param number     which round of the node it is, from 1
 * @param scheduled  whether the schedule began it; else somebody asked for it
 * @param begun      when it began
 * @param ended      when it ended; null while it is under way
 * @param plan       what was to be asked
 * @param outcomes   how many questions had which outcome; what is not there had none
 * @param paidCalls  how many calls were paid for
 * @param costMicros what they cost, in micro-dollars
 * @param failures   why questions failed, and how many did
 * @param stop       why not all was asked; null where all was, or will be
 */
public record WarmingRun(
        int number,
        boolean scheduled,
        Instant begun,
        Instant ended,
        WarmingPlan plan,
        Map<Outcome, Integer> outcomes,
        int paidCalls,
        long costMicros,
        Map<String, Integer> failures,
        Stop stop) {

    /** What became of a question. */
    public enum Outcome {
        /** Its answer is good for a while. */
        FRESH,
        /** The upstream answered. */
        FETCHED,
        /** The upstream confirmed what was kept. */
        CONFIRMED,
        /** Somebody else had it fetched meanwhile. */
        SUPERSEDED,
        /** The upstream gave no answer. */
        FAILED,
        /** It was not asked, as the round ended before its turn, or with it. */
        GAVE_WAY,
        /** What is kept is of another upstream, or its request would ask something else by now. */
        FOREIGN,
        /** A line of the file asks nothing. */
        WRONG_LINE
    }

    /** Why a round ended before its end. */
    public enum Stop {
        /** Somebody wanted it to, or the node stops. */
        CANCELLED,
        /** What the background may spend of a budget is spent. */
        BUDGET,
        /** Consumers wait for their calls, or the upstream fails. */
        GAVE_WAY
    }

    /** How many questions had an outcome. */
    public int of(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }
}

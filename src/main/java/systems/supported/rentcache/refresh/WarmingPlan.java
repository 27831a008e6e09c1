package systems.supported.rentcache.refresh;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import systems.supported.rentcache.cache.SqlTier.Spell;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.limits.Plan;

/**
 * Which of some questions are to be asked of the upstream, and why. Pure.
 *
 * @param calls   those that are, in their order, each once
 * @param unknown how many of them have no answer that is kept
 * @param stale   how many have one that is stale
 * @param ending  how many have one that is fresh, but not for long
 * @param fresh   how many further questions have an answer that is good for a while
 */
public record WarmingPlan(List<Call> calls, int unknown, int stale, int ending, int fresh) {

    /**
     * A question, and what is kept of its answer.
     *
     * @param request the question
     * @param kept    when its answer is fresh; null where none is kept
     */
    public record Wanted(CanonicalRequest request, Spell kept) {
    }

    /**
     * A question to be asked.
     *
     * @param request  the question
     * @param minFresh how long an answer has to be fresh yet to do as well, not negative: another node may have fetched
     *                 it meanwhile
     */
    public record Call(CanonicalRequest request, Duration minFresh) {
    }

    /**
     * Decides.
     *
     * @param wanted the questions; one that is there twice counts once
     * @param ahead  answers that will be stale within so long are fetched too, but none before half of the time that it
     *               is fresh for has passed: one that is good for less than {@code ahead} would be paid for each time
     * @param now    the time
     */
    public static WarmingPlan of(List<Wanted> wanted, Duration ahead, Instant now) {
        List<Call> calls = new ArrayList<>();
        Set<CacheKey> seen = new HashSet<>();
        int unknown = 0;
        int stale = 0;
        int ending = 0;
        int fresh = 0;
        for (Wanted question : wanted) {
            if (!seen.add(question.request().key())) {
                continue;
            }
            Spell kept = question.kept();
            if (kept == null) {
                unknown++;
                calls.add(new Call(question.request(), Duration.ZERO));
                continue;
            }
            Duration left = Duration.between(now, kept.expiresAt());
            Duration enough = enough(kept, ahead);
            if (left.isNegative() || left.isZero()) {
                stale++;
            } else if (left.compareTo(enough) < 0) {
                ending++;
            } else {
                fresh++;
                continue;
            }
            calls.add(new Call(question.request(), enough));
        }
        return new WarmingPlan(List.copyOf(calls), unknown, stale, ending, fresh);
    }

    private static Duration enough(Spell kept, Duration ahead) {
        Duration half = Duration.between(kept.fetchedAt(), kept.expiresAt()).dividedBy(2);
        Duration shorter = half.compareTo(ahead) < 0 ? half : ahead;
        return shorter.isNegative() ? Duration.ZERO : shorter;
    }

    /** How many questions were looked at. */
    public int questions() {
        return unknown + stale + ending + fresh;
    }

    /** The same with the first calls only, so many at most. */
    public WarmingPlan atMost(int most) {
        return new WarmingPlan(
                calls.size() <= most ? calls : List.copyOf(calls.subList(0, most)), unknown, stale, ending, fresh);
    }

    /**
     * The most that the calls can add to the month's bill, in micro-dollars: an answer that the upstream confirms, or
     * does not have, is not billed.
     *
     * @param plan       what the upstream bills
     * @param callsSoFar the month's calls before them
     */
    public long costAtMost(Plan plan, long callsSoFar) {
        return plan.overageOf(callsSoFar + calls.size()) - plan.overageOf(callsSoFar);
    }
}

package systems.supported.rentcache.analytics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.Plan;

/**
 * What a billing month's traffic would have cost under several plans. Pure.
 *
 * @param offers the plan in force first, then the listed ones that differ from it, the smallest first
 */
public record PlanComparison(List<Offer> offers) {
    /**
     * A plan and the two bills that it makes.
     *
     * @param plan    its terms
     * @param inForce whether it is the one in force
     * @param bills   the month's two bills under it
     */
    public record Offer(Plan plan, boolean inForce, Saving bills) {
    }

    /** Keeps a copy. */
    public PlanComparison {
        offers = List.copyOf(offers);
    }

    /** Parameters as of {@link Invoice#of}. */
    public static PlanComparison of(
            BillingTerms terms, BillingMonth month, Instant to, Instant since, List<BilledCalls> calls) {
        List<Plan> plans = new ArrayList<>(List.of(terms.plan()));
        Plan.Preset.all().stream().map(Plan.Preset::plan).filter(plan -> !plan.equals(terms.plan()))
                .forEach(plans::add);
        return new PlanComparison(plans.stream().map(plan -> new Offer(
                plan, plan.equals(terms.plan()),
                Savings.of(terms.with(plan), month.start(), to, since, calls, Savings.Grouping.MONTH).total())).toList());
    }

    /** The plan under which least would have been paid, with the cache; the one in force where none is below it. */
    public Offer cheapest() {
        return offers.stream().min(Comparator.comparingLong(offer -> offer.bills().paid().micros())).orElseThrow();
    }

    /** The name of a plan that Rentcast lists; none for one of the operator's own terms. */
    public static Optional<String> name(Plan plan) {
        return Plan.Preset.all().stream().filter(preset -> preset.plan().equals(plan)).findFirst()
                .map(preset -> preset.name().toLowerCase(Locale.ROOT));
    }
}

package systems.supported.rentcache.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The budgets of the account and of endpoints in the running billing month, as the ledger read them last. Budgets of
 * single keys are not among them: there may be any number of keys. Thread-safe.
 */
public final class BudgetMetrics implements MultiCollector {
    private static final String PREFIX = "rentcache_budget_";

    private volatile List<State> states = List.of();

    /**
     * How far a budget is spent.
     *
     * @param budget        {@code account}, or {@code endpoint:} and its name
     * @param spentCalls    calls billed
     * @param reservedCalls calls under way, or reserved in advance
     * @param limitCalls    the most calls; infinite where there is no limit
     * @param spentMicros   the money spent, in micro-dollars; of the account with the plan's fee
     * @param limitMicros   the most money, in micro-dollars; infinite where there is no limit
     * @param usedRatio     the share that is spent or reserved, of calls or of money, whichever is more
     * @param stepPercent   the step of the guard ladder that is reached: 0, 80, 90 or 100
     */
    public record State(
            String budget, double spentCalls, double reservedCalls, double limitCalls, double spentMicros,
            double limitMicros, double usedRatio, double stepPercent) {
    }

    private record Family(String name, String help, ToDoubleFunction<State> value) {
    }

    private static final List<Family> FAMILIES = List.of(
            new Family("spent_calls", "Calls billed in this billing month", State::spentCalls),
            new Family("reserved_calls", "Calls under way or reserved in advance", State::reservedCalls),
            new Family("limit_calls", "The most calls of a billing month; +Inf is no limit", State::limitCalls),
            new Family("spent_microdollars", "Money spent in this billing month, of the account with the plan's fee",
                    State::spentMicros),
            new Family("limit_microdollars", "The most money of a billing month; +Inf is no limit",
                    State::limitMicros),
            new Family("used_ratio", "The share of the budget that is spent or reserved", State::usedRatio),
            new Family("step_percent", "The step of the guard ladder that is reached: 0, 80, 90 or 100",
                    State::stepPercent));

    /** Says how the budgets are; all of them. */
    public void show(List<State> now) {
        states = List.copyOf(now);
    }

    @Override
    public List<String> getPrometheusNames() {
        return FAMILIES.stream().map(family -> PREFIX + family.name).toList();
    }

    @Override
    public MetricSnapshots collect() {
        List<State> now = states;
        List<MetricSnapshot> families = new ArrayList<>();
        FAMILIES.forEach(family -> families.add(gauge(family, now)));
        return new MetricSnapshots(families);
    }

    private static GaugeSnapshot gauge(Family family, List<State> states) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(PREFIX + family.name).help(family.help);
        states.forEach(state -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("budget", state.budget))
                .value(family.value.applyAsDouble(state))
                .build()));
        return gauge.build();
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Shows what this billing month has cost. */
@Command(name = "show", description = {
    "Show what this billing month has cost the account, its endpoints and its keys, and their budgets.",
    "The account's money is its bill, with the plan's fee. What a running server counts comes in within a second."})
final class BudgetShowCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BudgetShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonObject report = operations.call("showBudgets", new JsonObject());
            if (json) {
                root.out().println(report.encodePrettily());
            } else {
                print(report, settings.limiting().zone());
            }
        }
        return 0;
    }

    private void print(JsonObject report, ZoneId zone) {
        root.out().println("The billing month from " + report.getString("period") + "; it renews at "
                + Text.moment(Instant.parse(report.getString("renewsAt")), zone) + ".");
        Table table = Table.of("BUDGET", ">CALLS", ">UNDER WAY", ">OF", ">SPENT", ">OF", "STATE");
        report.getJsonArray("budgets").stream().map(JsonObject.class::cast).forEach(budget -> table.row(
                budget.getString("budget"), budget.getLong("calls"), budget.getLong("reservedCalls"),
                or(budget.getLong("callsLimit"), ""), "$" + Text.dollars(budget.getLong("spentMicros")),
                or(dollars(budget), "$"), state(budget)));
        table.print(root.out());
        long presumed = report.getLong("presumedSpentCalls");
        if (presumed > 0) {
            root.out().println(presumed + " of the calls are only presumed to be spent: their node went away in the "
                    + "middle of them.");
        }
    }

    private static BigDecimal dollars(JsonObject budget) {
        Long limit = budget.getLong("limitMicros");
        return limit == null ? null : Text.dollars(limit);
    }

    private static String or(Object limit, String unit) {
        return limit == null ? "-" : unit + limit;
    }

    private static String state(JsonObject budget) {
        if (budget.getValue("callsLimit") == null && budget.getValue("limitMicros") == null) {
            return "no budget";
        }
        return switch (budget.getString("step")) {
            case "warn" -> "over 80 %";
            case "no-refresh" -> "over 90 %: no refreshing";
            case "spent" -> "spent: cache only";
            default -> "ok";
        };
    }
}

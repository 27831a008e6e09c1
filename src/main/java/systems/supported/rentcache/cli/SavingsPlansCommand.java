package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares plans. */
@Command(name = "plans", description = "Show what a billing month's requests would have cost under Rentcast's plans.")
final class SavingsPlansCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--month", paramLabel = "DAY",
            description = "The first day of a billing month, such as 2026-03-15; the present one by default.")
    private String month;

    @Mixin
    private ReportForm form;

    SavingsPlansCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        JsonObject parameters = month == null ? new JsonObject() : new JsonObject().put("month", month);
        try (Operations operations = root.operations(root.settings())) {
            form.print(root, operations, "comparePlans", parameters, this::table);
        }
        return 0;
    }

    private void table(JsonObject report) {
        root.out().println("The billing month from " + report.getString("month")
                + (report.getBoolean("complete") ? ":" : ", fees in full and calls up to now:"));
        Table table = Table.of("PLAN", ">FEE", ">INCLUDED", ">PAST THEM", ">WITHOUT CACHE", ">PAID", "");
        report.getJsonArray("plans").stream().map(JsonObject.class::cast).forEach(offer -> {
            JsonObject plan = offer.getJsonObject("plan");
            String name = plan.getString("name");
            table.row(
                    name == null ? "(own terms)" : name, "$" + Text.dollars(plan.getLong("feeMicros")),
                    plan.getLong("includedCalls"), "$" + Text.dollars(plan.getLong("overagePriceMicros")),
                    "$" + Text.dollars(offer.getJsonObject("withoutCache").getLong("micros")),
                    "$" + Text.dollars(offer.getJsonObject("paid").getLong("micros")), remark(offer));
        });
        table.print(root.out());
    }

    private static String remark(JsonObject offer) {
        boolean cheapest = offer.getBoolean("cheapest");
        return offer.getBoolean("inForce") ? cheapest ? "in force, cheapest" : "in force" : cheapest ? "cheapest" : "";
    }
}

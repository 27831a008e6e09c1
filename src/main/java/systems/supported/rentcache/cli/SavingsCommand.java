package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import systems.supported.rentcache.analytics.Savings.Grouping;

/** Shows what was saved. */
@Command(name = "savings", description = {
    "Show the bill, and what the same answers would have cost without the cache.",
    "Both are the plan's fee and the price of calls past the included ones; the rows are shares that sum to them."},
    synopsisSubcommandLabel = "[plans]")
final class SavingsCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--from", paramLabel = "TIME",
            description = "The first moment: a day such as 2026-03-15, or a time. By default the billing month begins it.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "The first moment after it; by default it ends now.")
    private String to;

    @Option(names = "--by", paramLabel = "ROW", defaultValue = "day",
            description = "What a row is: day, month (of billing), key or endpoint; ${DEFAULT-VALUE} by default.")
    private Grouping grouping;

    @Mixin
    private ReportForm form;

    SavingsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        JsonObject parameters = new JsonObject().put("groupBy", by());
        if (from != null) {
            parameters.put("from", from);
        }
        if (to != null) {
            parameters.put("to", to);
        }
        try (Operations operations = root.operations(root.settings())) {
            form.print(root, operations, "savings", parameters, this::table);
        }
        return 0;
    }

    private String by() {
        return grouping.name().toLowerCase(Locale.ROOT);
    }

    private void table(JsonObject report) {
        ZoneId zone = ZoneId.of(report.getJsonObject("plan").getString("timeZone"));
        root.out().println("From " + Text.moment(Instant.parse(report.getString("from")), zone) + " to "
                + Text.moment(Instant.parse(report.getString("to")), zone) + ". " + plan(report.getJsonObject("plan")));
        if (report.getBoolean("consumerPays")) {
            root.out().println("The keys pay Rentcast by themselves: these are the bills of "
                    + report.getInteger("accounts") + " accounts, each taken to have this plan.");
        }
        Table table = Table.of(grouping.name(), ">WITHOUT CACHE", ">CALLS", ">PAID", ">CALLS", ">SAVED");
        report.getJsonArray("rows").stream().map(JsonObject.class::cast).forEach(
                one -> row(table, grouping == Grouping.KEY ? keyTitle(one) : one.getString(by()), one));
        row(table, "total", report);
        table.print(root.out());
    }

    /** A key as a table shows it. */
    static String keyTitle(JsonObject row) {
        long id = row.getLong("key");
        String name = row.getString("keyName");
        return id == 0 ? "(no key)" : name == null ? String.valueOf(id) : name;
    }

    /** A plan in words. */
    static String plan(JsonObject plan) {
        return String.format(Locale.ROOT, "The plan: $%s a month, %d calls included, $%s for each past them.",
                Text.dollars(plan.getLong("feeMicros")), plan.getLong("includedCalls"),
                Text.dollars(plan.getLong("overagePriceMicros")));
    }

    private static void row(Table table, String title, JsonObject saving) {
        JsonObject without = saving.getJsonObject("withoutCache");
        JsonObject paid = saving.getJsonObject("paid");
        table.row(title, "$" + Text.dollars(without.getLong("micros")), without.getLong("calls"),
                "$" + Text.dollars(paid.getLong("micros")), paid.getLong("calls"),
                dollars(saving.getLong("savedMicros")));
    }

    private static String dollars(long micros) {
        return micros < 0 ? "-$" + Text.dollars(-micros) : "$" + Text.dollars(micros);
    }
}

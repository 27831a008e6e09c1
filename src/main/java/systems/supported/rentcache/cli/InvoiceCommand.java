package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.admin.MoneyReports;

/** Writes invoices. */
@Command(name = "invoice", description = {
    "Show what each key has to bear of a billing month's bill, by endpoint.",
    "A key bears as much of the fee as it was answered, and of the calls past the included ones as much as it caused."})
final class InvoiceCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "MONTH", arity = "0..1", defaultValue = MoneyReports.CURRENT,
            description = "The first day of a billing month, such as 2026-03-15; the present one by default.")
    private String month;

    @Option(names = "--key", paramLabel = "NAME|ID", description = "Only this key's invoice; 0 for what no key caused.")
    private String key;

    @Mixin
    private ReportForm form;

    InvoiceCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject parameters = new JsonObject().put("month", month);
            if (key != null) {
                parameters.put("key", key.equals("0") ? 0 : NamedKey.find(key, operations).getLong("id"));
            }
            form.print(root, operations, "invoices", parameters, this::table);
        }
        return 0;
    }

    private void table(JsonObject report) {
        root.out().println("The billing month from " + report.getString("month")
                + (report.getBoolean("complete") ? ". " : ", up to now. ")
                + SavingsCommand.plan(report.getJsonObject("plan")));
        Table table = Table.of("KEY", "ENDPOINT", ">ANSWERS", ">CALLS", ">OF THE FEE", ">OF THE CALLS", ">TOTAL");
        report.getJsonArray("invoices").stream().map(JsonObject.class::cast).forEach(invoice -> {
            String title = SavingsCommand.keyTitle(invoice);
            invoice.getJsonArray("lines").stream().map(JsonObject.class::cast).forEach(
                    line -> row(table, title, line.getString("endpoint"), line.getLong("answers"), line));
            row(table, title, "total", invoice.getLong("answers"), invoice);
        });
        JsonObject paid = report.getJsonObject("paid");
        row(table, "the whole bill", "", "", paid);
        table.print(root.out());
        long more = report.getLong("ledgerCalls") - paid.getLong("calls");
        if (more > 0) {
            root.out().println("The budget's ledger has " + more
                    + " more calls: their usage records were lost, or are on their way.");
        }
    }

    private static void row(Table table, String key, String endpoint, Object answers, JsonObject share) {
        table.row(key, endpoint, answers, share.getLong("calls"), "$" + Text.dollars(share.getLong("feeMicros")),
                "$" + Text.dollars(share.getLong("callsMicros")), "$" + Text.dollars(share.getLong("micros")));
    }
}

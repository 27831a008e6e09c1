package systems.supported.rentcache.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.InvoiceReport;
import systems.supported.rentcache.admin.MoneyReports;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.analytics.Bill;
import systems.supported.rentcache.analytics.Invoice;
import systems.supported.rentcache.config.Settings;

/** Writes invoices. */
@Command(name = "invoice", description = {
    "Show what each key has to bear of a billing month's bill, by endpoint.",
    "A key bears as much of the fee as it was answered, and of the calls past the included ones as much as it caused."})
final class InvoiceCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

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
        Settings settings = root.settings();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            InvoiceReport report = database.await(
                    database.money(settings, root.surroundings().clock()).invoices(month, keyIn(database)));
            form.print(root, report::json, report::csv, () -> table(report));
        } catch (RefusedCall refused) {
            throw new ParameterException(command.commandLine(), refused.getMessage());
        }
        return 0;
    }

    private Optional<Long> keyIn(OpenDatabase database) throws CommandFailure {
        if (key == null || key.equals("0")) {
            return Optional.ofNullable(key).map(Long::valueOf);
        }
        return Optional.of(database.await(database.keys().find(key)).orElseThrow(
                () -> new CommandFailure("There is no key '" + key + "' in " + database.place() + ".")).id());
    }

    private void table(InvoiceReport report) {
        root.out().println("The billing month from " + report.month().id()
                + (report.complete() ? ". " : ", up to now. ") + SavingsCommand.plan(report.terms().plan()));
        Table table = Table.of("KEY", "ENDPOINT", ">ANSWERS", ">CALLS", ">OF THE FEE", ">OF THE CALLS", ">TOTAL");
        for (Invoice invoice : report.invoices()) {
            String title = SavingsCommand.keyTitle(invoice.keyId(), report.keys().get(invoice.keyId()));
            invoice.lines().forEach(line -> row(table, title, line.endpoint(), line.answers(), line.share()));
            row(table, title, "total", invoice.answers(), invoice.total());
        }
        row(table, "the whole bill", "", "", report.paid());
        table.print(root.out());
        if (report.ledgerCalls() > report.paid().calls()) {
            root.out().println("The budget's ledger has " + (report.ledgerCalls() - report.paid().calls())
                    + " more calls: their usage records were lost, or are on their way.");
        }
    }

    private static void row(Table table, String key, String endpoint, Object answers, Bill share) {
        table.row(key, endpoint, answers, share.calls(), "$" + Text.dollars(share.feeMicros()),
                "$" + Text.dollars(share.callsMicros()), "$" + Text.dollars(share.micros()));
    }
}

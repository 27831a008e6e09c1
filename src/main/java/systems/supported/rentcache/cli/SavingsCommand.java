package systems.supported.rentcache.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.admin.SavingsReport;
import systems.supported.rentcache.analytics.Saving;
import systems.supported.rentcache.analytics.Savings.Grouping;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.limits.Plan;

/** Shows what was saved. */
@Command(name = "savings", description = {
    "Show the bill, and what the same answers would have cost without the cache.",
    "Both are the plan's fee and the price of calls past the included ones; the rows are shares that sum to them."},
    synopsisSubcommandLabel = "[plans]")
final class SavingsCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

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
        Settings settings = root.settings();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            SavingsReport report =
                    database.await(database.money(settings, root.surroundings().clock()).savings(from, to, grouping));
            form.print(root, report::json, report::csv, () -> table(report));
        } catch (RefusedCall refused) {
            throw new ParameterException(command.commandLine(), refused.getMessage());
        }
        return 0;
    }

    private void table(SavingsReport report) {
        root.out().println("From " + Text.moment(report.time().from(), report.terms().zone()) + " to "
                + Text.moment(report.time().to(), report.terms().zone()) + ". " + plan(report.terms().plan()));
        if (report.terms().consumerPays()) {
            root.out().println("The keys pay Rentcast by themselves: these are the bills of " + report.savings().accounts()
                    + " accounts, each taken to have this plan.");
        }
        Table table = Table.of(grouping.name(), ">WITHOUT CACHE", ">CALLS", ">PAID", ">CALLS", ">SAVED");
        report.savings().rows().forEach((name, saving) -> row(table, title(report, name), saving));
        row(table, "total", report.savings().total());
        table.print(root.out());
    }

    private String title(SavingsReport report, String name) {
        return grouping == Grouping.KEY ? keyTitle(Long.parseLong(name), report.keyName(name)) : name;
    }

    /** A key as a table shows it. */
    static String keyTitle(long id, String name) {
        return id == 0 ? "(no key)" : name == null ? String.valueOf(id) : name;
    }

    /** A plan in words. */
    static String plan(Plan plan) {
        return String.format(Locale.ROOT, "The plan: $%s a month, %d calls included, $%s for each past them.",
                Text.dollars(plan.feeMicros()), plan.includedCalls(), Text.dollars(plan.overagePriceMicros()));
    }

    private static void row(Table table, String title, Saving saving) {
        table.row(title, "$" + Text.dollars(saving.withoutCache().micros()), saving.withoutCache().calls(),
                "$" + Text.dollars(saving.paid().micros()), saving.paid().calls(), dollars(saving.savedMicros()));
    }

    private static String dollars(long micros) {
        return micros < 0 ? "-$" + Text.dollars(-micros) : "$" + Text.dollars(micros);
    }
}

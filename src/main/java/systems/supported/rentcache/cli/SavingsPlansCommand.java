package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.PlanReport;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.analytics.PlanComparison;
import systems.supported.rentcache.config.Settings;

/** Compares plans. */
@Command(name = "plans", description = "Show what a billing month's requests would have cost under Rentcast's plans.")
final class SavingsPlansCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Option(names = "--month", paramLabel = "DAY",
            description = "The first day of a billing month, such as 2026-03-15; the present one by default.")
    private String month;

    @Option(names = "--json", description = "Print JSON, as the admin API answers it.")
    private boolean json;

    SavingsPlansCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            PlanReport report = database.await(database.money(settings, root.surroundings().clock()).plans(month));
            if (json) {
                root.out().println(report.json().encodePrettily());
            } else {
                table(report);
            }
        } catch (RefusedCall refused) {
            throw new ParameterException(command.commandLine(), refused.getMessage());
        }
        return 0;
    }

    private void table(PlanReport report) {
        root.out().println("The billing month from " + report.month().id()
                + (report.complete() ? ":" : ", fees in full and calls up to now:"));
        Table table = Table.of("PLAN", ">FEE", ">INCLUDED", ">PAST THEM", ">WITHOUT CACHE", ">PAID", "");
        for (PlanComparison.Offer offer : report.plans().offers()) {
            table.row(
                    PlanComparison.name(offer.plan()).orElse("(own terms)"),
                    "$" + Text.dollars(offer.plan().feeMicros()), offer.plan().includedCalls(),
                    "$" + Text.dollars(offer.plan().overagePriceMicros()),
                    "$" + Text.dollars(offer.bills().withoutCache().micros()),
                    "$" + Text.dollars(offer.bills().paid().micros()), remark(report, offer));
        }
        table.print(root.out());
    }

    private static String remark(PlanReport report, PlanComparison.Offer offer) {
        boolean cheapest = offer.equals(report.plans().cheapest());
        return offer.inForce() ? cheapest ? "in force, cheapest" : "in force" : cheapest ? "cheapest" : "";
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a report is printed: as a table for people, or as the admin API answers it. */
final class ReportForm {
    @ArgGroup
    private Choice choice = new Choice();

    /** The forms for machines. */
    private static final class Choice {
        @Option(names = "--json", description = "Print JSON, as the admin API answers it.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, without a total.")
        private boolean csv;
    }

    /** Prints a report in the form that was chosen. */
    void print(RentCacheCommand root, Supplier<JsonObject> json, Supplier<String> csv, Runnable table) {
        if (choice.json) {
            root.out().println(json.get().encodePrettily());
        } else if (choice.csv) {
            root.out().print(csv.get());
            root.out().flush();
        } else {
            table.run();
        }
    }
}

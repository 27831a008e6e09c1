package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a report is printed: as a table for people, or as the admin API answers it. */
final class ReportForm {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @ArgGroup
    private Choice choice = new Choice();

    /** The forms for machines. */
    private static final class Choice {
        @Option(names = "--json", description = "Print JSON, as the admin API answers it.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, without a total.")
        private boolean csv;
    }

    /**
     * Has a report made and prints it in the form that was chosen.
     *
     * @param table prints it for people
     * @throws ParameterException where a parameter is not allowed
     */
    void print(
            RentCacheCommand root, Operations operations, String operation, JsonObject parameters,
            Consumer<JsonObject> table) throws CommandFailure {
        try {
            if (choice.csv) {
                root.out().print(operations.csv(operation, parameters));
                root.out().flush();
            } else if (choice.json) {
                root.out().println(operations.call(operation, parameters).encodePrettily());
            } else {
                table.accept(operations.call(operation, parameters));
            }
        } catch (CommandFailure failure) {
            if (failure.isWrongUsage()) {
                throw new ParameterException(command.commandLine(), failure.getMessage());
            }
            throw failure;
        }
    }

    /** Whether all lines are wanted that there are. */
    boolean isCsv() {
        return choice.csv;
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;

/** Shows what billing months cost. */
@Command(name = "history", description = {
    "Show what the last billing months cost the account, or one key or endpoint, the latest first.",
    "The plan's fee is not in it."})
final class BudgetHistoryCommand implements Callable<Integer>, WorksOnServer {
    private static final int MOST = 120;

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Mixin
    private BudgetTarget target;

    @Option(names = "--months", paramLabel = "N", defaultValue = "12",
            description = "How many, 1 to 120; ${DEFAULT-VALUE} by default.")
    private int months;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BudgetHistoryCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        if (months < 1 || months > MOST) {
            throw new ParameterException(command.commandLine(),
                    "Invalid value for option '--months': allowed: a whole number from 1 to " + MOST);
        }
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            String scope = target.scope(settings, operations, command.commandLine());
            JsonArray used = operations.call(
                    "budgetHistory", new JsonObject().put("scope", scope).put("months", months))
                    .getJsonArray("months");
            if (json) {
                root.out().println(used.encodePrettily());
            } else if (used.isEmpty()) {
                root.out().println("Nothing was spent on '" + scope + "'.");
            } else {
                Table table = Table.of("FROM", ">CALLS", ">UNDER WAY", ">SPENT");
                used.stream().map(JsonObject.class::cast).forEach(month -> table.row(
                        month.getString("period"), month.getLong("calls"), month.getLong("reservedCalls"),
                        "$" + Text.dollars(month.getLong("spentMicros"))));
                table.print(root.out());
            }
        }
        return 0;
    }
}

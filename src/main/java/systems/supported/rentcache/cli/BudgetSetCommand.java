package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.FieldType;
import systems.supported.rentcache.config.Settings;

/** Sets a budget. */
@Command(name = "set", description = {
    "Set the budget of the account, or of one key or endpoint, for this and the following billing months.",
    "It takes the place of the one before; a limit that is not given is none. Running servers go by it within a second "
        + "or two."})
final class BudgetSetCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Mixin
    private BudgetTarget target;

    @ArgGroup(multiplicity = "1")
    private Change change;

    /** What becomes of it. */
    private static final class Change {
        @ArgGroup(exclusive = false, multiplicity = "1")
        private Limits limits;

        @Option(names = "--remove",
                description = "Remove it. The account then has the one of the settings, a key or endpoint none.")
        private boolean remove;
    }

    /** What it allows. */
    private static final class Limits {
        @Option(names = "--calls", paramLabel = "N", description = "Billed calls, 0 to 1000000000.")
        private CallCount calls;

        @Option(names = "--dollars", paramLabel = "AMOUNT",
                description = "Dollars, 0 to 1000000; of the account: its whole bill, the plan's fee included.")
        private DollarAmount dollars;

        private JsonObject body() {
            return new JsonObject()
                    .put("calls", calls == null ? null : calls.calls())
                    .put("dollars", dollars == null ? null : Text.dollars(dollars.micros()).toPlainString());
        }
    }

    /**
     * A number of calls as written on the command line.
     *
     * @param calls 0 to 1,000,000,000
     */
    record CallCount(long calls) {
        /**
         * Reads one.
         *
         * @throws IllegalArgumentException when the text is none
         */
        static CallCount parse(String text) {
            if (text.strip().matches("[0-9]{1,10}") && Long.parseLong(text.strip()) <= 1_000_000_000) {
                return new CallCount(Long.parseLong(text.strip()));
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is not allowed; allowed: a whole number from 0 to 1000000000");
        }
    }

    /**
     * Dollars as written on the command line.
     *
     * @param micros 0 to 1,000,000 dollars in micro-dollars
     */
    record DollarAmount(long micros) {
        /**
         * Reads an amount.
         *
         * @throws IllegalArgumentException when the text is none
         */
        static DollarAmount parse(String text) {
            return FieldType.DOLLARS.read(text.strip())
                    .map(dollars -> new DollarAmount(dollars.movePointRight(6).longValueExact()))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + text + "' is not allowed; allowed: " + FieldType.DOLLARS.allowed()));
        }
    }

    BudgetSetCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            String scope = target.scope(settings, operations, command.commandLine());
            JsonObject budget = operations.call(
                    "setBudget", new JsonObject().put("scope", scope),
                    change.remove ? new JsonObject() : change.limits.body());
            Long calls = budget.getLong("callsLimit");
            Long micros = budget.getLong("limitMicros");
            root.out().println(calls == null && micros == null
                    ? "The budget '" + scope + "' has no limit."
                    : "The budget '" + scope + "' is now " + said(calls, micros) + " a billing month.");
        }
        return 0;
    }

    private static String said(Long calls, Long micros) {
        return micros == null ? calls + " calls" : calls == null
                ? "$" + Text.dollars(micros) : calls + " calls and $" + Text.dollars(micros);
    }
}

package systems.supported.rentcache.cli;

import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.coordination.BudgetScope;

/** The options that say whose budget is meant; without one it is the whole account's. */
final class BudgetTarget {
    @ArgGroup
    private Narrower narrower = new Narrower();

    /** A part of the account. */
    private static final class Narrower {
        @Option(names = "--key", paramLabel = "NAME|ID", description = "The budget of this key.")
        private String key;

        @Option(names = "--endpoint", paramLabel = "ENDPOINT", description = "The budget of this endpoint.")
        private EndpointName endpoint;
    }

    /**
     * Its name in the ledger.
     *
     * @throws CommandFailure when there is no such key
     */
    String scope(Settings settings, Operations operations, CommandLine command)
            throws CommandFailure, SettingsException {
        if (narrower.key != null) {
            return BudgetScope.ofKey(NamedKey.find(narrower.key, operations).getLong("id"));
        }
        return narrower.endpoint == null
                ? BudgetScope.ACCOUNT
                : BudgetScope.ofEndpoint(narrower.endpoint.in(RentCacheCommand.catalog(settings), command));
    }
}

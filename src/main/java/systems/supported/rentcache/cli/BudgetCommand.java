package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about budgets. */
@Command(name = "budget", description = "See and set what may be spent on Rentcast in a billing month.",
        synopsisSubcommandLabel = "COMMAND")
final class BudgetCommand {
}

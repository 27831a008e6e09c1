package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about the database as a whole. */
@Command(name = "db", description = "Bring the database up to date, and move what it holds into another.",
        synopsisSubcommandLabel = "COMMAND")
final class DbCommand {
}

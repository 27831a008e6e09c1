package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about settings. */
@Command(name = "config", description = "Check and see the settings.", synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {
}

package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about API keys. */
@Command(name = "keys", description = "Make, see and change the keys of those who may ask.",
        synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {
}

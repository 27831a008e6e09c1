package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about kept answers. */
@Command(name = "cache", description = "See and clear the answers that are kept, and have them fetched beforehand.",
        synopsisSubcommandLabel = "COMMAND")
final class CacheCommand {
}

package systems.supported.rentcache.cli;

import picocli.CommandLine.Command;

/** The commands about webhooks. */
@Command(name = "webhooks", description = "Have events sent to other programs' addresses.",
        synopsisSubcommandLabel = "COMMAND")
final class WebhooksCommand {
}

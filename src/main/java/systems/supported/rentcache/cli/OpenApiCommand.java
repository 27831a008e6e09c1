package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.http.OpenApiDocument;

/** Prints the OpenAPI document. */
@Command(name = "openapi", description = "Print the OpenAPI 3.1 document of the API, as a server has it at /openapi.json.")
final class OpenApiCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Option(names = "--consumer", description = "The consumers' part alone, without the admin API.")
    private boolean consumer;

    OpenApiCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        OpenApiDocument document = new OpenApiDocument(
                RentCacheCommand.catalog(settings), settings.caching().unknownParameters());
        root.out().println((consumer ? document.consumer() : document.whole()).encodePrettily());
        return 0;
    }
}

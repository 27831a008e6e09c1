package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what is kept. */
@Command(name = "stats", description = "Show how many answers are kept of each endpoint.")
final class CacheStatsCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CacheStatsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject kept = operations.call("cacheStats", new JsonObject());
            JsonArray endpoints = kept.getJsonArray("endpoints");
            if (json) {
                root.out().println(kept.encodePrettily());
            } else if (endpoints.isEmpty()) {
                root.out().println("No answers are kept in " + operations.place() + ".");
            } else {
                Table table = Table.of("ENDPOINT", ">ANSWERS", ">FRESH", ">STALE", ">HITS", ">SIZE");
                endpoints.stream().map(JsonObject.class::cast)
                        .forEach(one -> row(table, one.getString("endpoint"), one));
                row(table, "total", kept.getJsonObject("total"));
                table.print(root.out());
            }
        }
        return 0;
    }

    private static void row(Table table, String name, JsonObject kept) {
        table.row(
                name, kept.getLong("entries"), kept.getLong("fresh"), kept.getLong("stale"), kept.getLong("hits"),
                Text.size(kept.getLong("bytes")));
    }
}

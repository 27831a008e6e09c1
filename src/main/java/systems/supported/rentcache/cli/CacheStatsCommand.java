package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.cache.TierStatistics;

/** Says what is kept. */
@Command(name = "stats", description = "Show how many answers are kept of each endpoint.")
final class CacheStatsCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CacheStatsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = OpenDatabase.of(root.settings())) {
            List<TierStatistics> kept =
                    database.await(database.answers().statistics(root.surroundings().clock().instant()));
            TierStatistics total = new TierStatistics(
                    "total", sum(kept, TierStatistics::entries), sum(kept, TierStatistics::fresh),
                    sum(kept, TierStatistics::hits), sum(kept, TierStatistics::bytes));
            if (json) {
                JsonObject document = new JsonObject()
                        .put("endpoints", new JsonArray(kept.stream()
                                .map(one -> new JsonObject().put("endpoint", one.endpoint()).mergeIn(json(one)))
                                .toList()))
                        .put("total", json(total));
                root.out().println(document.encodePrettily());
            } else if (kept.isEmpty()) {
                root.out().println("No answers are kept in " + database.place() + ".");
            } else {
                Table table = Table.of("ENDPOINT", ">ANSWERS", ">FRESH", ">STALE", ">HITS", ">SIZE");
                kept.forEach(one -> row(table, one));
                row(table, total);
                table.print(root.out());
            }
        }
        return 0;
    }

    private static long sum(List<TierStatistics> kept, ToLongFunction<TierStatistics> number) {
        return kept.stream().mapToLong(number).sum();
    }

    private static void row(Table table, TierStatistics kept) {
        table.row(
                kept.endpoint(), kept.entries(), kept.fresh(), kept.entries() - kept.fresh(), kept.hits(),
                Text.size(kept.bytes()));
    }

    private static JsonObject json(TierStatistics kept) {
        return new JsonObject()
                .put("entries", kept.entries())
                .put("fresh", kept.fresh())
                .put("stale", kept.entries() - kept.fresh())
                .put("hits", kept.hits())
                .put("bytes", kept.bytes());
    }
}

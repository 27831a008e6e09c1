package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;

/** Says what was used, spent and saved. */
@Command(name = "stats", description = "Show requests, hits, money spent and money saved, by endpoint.")
final class StatsCommand implements Callable<Integer> {
    private static final int MOST_DAYS = 3_650;
    private static final String HEAD = "endpoint,requests,hits,hit_ratio,misses,errors,average_ms,spent,saved";

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Option(names = "--endpoint", paramLabel = "ENDPOINT", description = "Only this endpoint.")
    private EndpointName endpoint;

    @Option(names = "--days", paramLabel = "N", defaultValue = "30",
            description = "How far back to look, 1 to 3650 days; ${DEFAULT-VALUE} by default.")
    private int days;

    @ArgGroup
    private Form form = new Form();

    /** How to print. */
    private static final class Form {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, without a total.")
        private boolean csv;
    }

    StatsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        if (days < 1 || days > MOST_DAYS) {
            throw new ParameterException(command.commandLine(),
                    "Invalid value for option '--days': allowed: a whole number from 1 to " + MOST_DAYS);
        }
        Settings settings = root.settings();
        String name = endpoint == null
                ? null
                : endpoint.in(RentCacheCommand.catalog(settings), command.commandLine());
        Instant now = root.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS);
        Instant from = now.minus(Duration.ofDays(days));
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            print(EndpointUsage.of(database.await(database.usage().report(from, name))), from, now);
        }
        return 0;
    }

    private void print(List<EndpointUsage> usages, Instant from, Instant now) {
        if (form.json) {
            root.out().println(new JsonObject()
                    .put("from", from.toString())
                    .put("to", now.toString())
                    .put("endpoints", new JsonArray(usages.stream().map(EndpointUsage::json).toList()))
                    .put("total", EndpointUsage.total(usages).json())
                    .encodePrettily());
        } else if (form.csv) {
            root.out().println(HEAD);
            usages.forEach(usage -> root.out().println(csv(usage)));
        } else {
            table(usages);
        }
    }

    private static String csv(EndpointUsage usage) {
        BigDecimal ratio = usage.hitRatio();
        return String.join(",", Stream.of(
                usage.endpoint(), usage.requests(), usage.hits(), ratio == null ? "" : ratio, usage.misses(),
                usage.errors(), usage.averageMillis(), Text.dollars(usage.costMicros()),
                Text.dollars(usage.savedMicros())).map(String::valueOf).toList());
    }

    private void table(List<EndpointUsage> usages) {
        root.out().println("The last " + days + (days == 1 ? " day" : " days")
                + (usages.isEmpty() ? ": no requests." : ":"));
        if (!usages.isEmpty()) {
            Table table = Table.of("ENDPOINT", ">REQUESTS", ">HITS", ">HIT RATIO", ">MISSES", ">ERRORS", ">AVERAGE",
                    ">SPENT", ">SAVED");
            Stream.concat(usages.stream(), Stream.of(EndpointUsage.total(usages))).forEach(usage -> table.row(
                    usage.endpoint(), usage.requests(), usage.hits(), percent(usage.hitRatio()), usage.misses(),
                    usage.errors(), usage.averageMillis() + " ms", "$" + Text.dollars(usage.costMicros()),
                    "$" + Text.dollars(usage.savedMicros())));
            table.print(root.out());
        }
    }

    private static String percent(BigDecimal ratio) {
        return ratio == null ? "-" : ratio.movePointRight(2).setScale(1, RoundingMode.HALF_UP) + " %";
    }
}

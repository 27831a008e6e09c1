package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what was used, spent and saved: the document of the admin API's {@code usage}. */
@Command(name = "stats", description = "Show requests, hits, times, money spent and money saved.")
final class StatsCommand implements Callable<Integer>, WorksOnServer {
    private static final int MOST_DAYS = 3_650;
    private static final int MOST_LINES = 1_000;
    private static final List<String> GROUPS = List.of("at", "keyName", "endpoint", "result");
    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000);

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Option(names = "--endpoint", paramLabel = "ENDPOINT", description = "Only this endpoint.")
    private EndpointName endpoint;

    @Option(names = "--key", paramLabel = "ID", description = "Only the key with this id.")
    private Long key;

    @Option(names = "--days", paramLabel = "N", defaultValue = "30",
            description = "How far back to look, 1 to 3650 days; ${DEFAULT-VALUE} by default.")
    private int days;

    @Option(names = "--from", paramLabel = "WHEN", description = "From when instead: a day or a time.")
    private String from;

    @Option(names = "--to", paramLabel = "WHEN", description = "Up to when, not included; now by default.")
    private String to;

    @Option(names = "--by", paramLabel = "WHAT", defaultValue = "endpoint",
            description = "What a line is of, with commas: one of minute, hour and day; key, endpoint, result. "
                    + "${DEFAULT-VALUE} by default.")
    private String by;

    @Option(names = "--limit", paramLabel = "N",
            description = "The most lines, 1 to 1000; 1000 by default, and all of them with --csv.")
    private Integer limit;

    @Option(names = "--offset", paramLabel = "N", defaultValue = "0", description = "How many lines to leave out first.")
    private int offset;

    @Mixin
    private ReportForm form;

    StatsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        check(days >= 1 && days <= MOST_DAYS, "--days", "a whole number from 1 to " + MOST_DAYS);
        check(limit == null || limit >= 1 && limit <= MOST_LINES, "--limit", "a whole number from 1 to " + MOST_LINES);
        check(offset >= 0, "--offset", "a whole number from 0");
        check(by.matches("(minute|hour|day|endpoint|key|result)(,(minute|hour|day|endpoint|key|result))*"), "--by",
                "minute, hour, day, endpoint, key, result, several with commas");
        try (Operations operations = root.operations(root.settings())) {
            form.print(root, operations, "usage", parameters(), this::table);
        }
        return 0;
    }

    private void check(boolean allowed, String option, String values) {
        if (!allowed) {
            throw new ParameterException(
                    command.commandLine(), "Invalid value for option '" + option + "': allowed: " + values);
        }
    }

    private JsonObject parameters() {
        Instant now = root.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS);
        JsonObject parameters = new JsonObject()
                .put("from", from == null ? now.minus(Duration.ofDays(days)).toString() : from)
                .put("to", to == null ? now.toString() : to)
                .put("groupBy", by)
                .put("offset", offset);
        if (limit != null || !form.isCsv()) {
            parameters.put("limit", limit == null ? MOST_LINES : limit);
        }
        if (key != null) {
            parameters.put("key", key);
        }
        if (endpoint != null) {
            parameters.put("endpoint", endpoint.text());
        }
        return parameters;
    }

    private void table(JsonObject report) {
        List<JsonObject> rows = report.getJsonArray("rows").stream().map(JsonObject.class::cast).toList();
        String time = from == null && to == null
                ? "The last " + days + (days == 1 ? " day" : " days")
                : "From " + report.getString("from") + " to " + report.getString("to");
        root.out().println(time + (rows.isEmpty() ? ": no requests." : ":"));
        if (rows.isEmpty()) {
            return;
        }
        List<String> groups = GROUPS.stream().filter(rows.get(0)::containsKey).toList();
        Table table = Table.of(Stream.concat(
                groups.stream().map(StatsCommand::head),
                Stream.of(">REQUESTS", ">HITS", ">HIT RATIO", ">MISSES", ">ERRORS", ">AVERAGE", ">HIT P50", ">HIT P99",
                        ">MISS P50", ">MISS P99", ">CALLS", ">SPENT", ">SAVED")).toArray(String[]::new));
        rows.forEach(row -> table.row(cells(groups.stream().map(group -> group(row, group)).toList(), row)));
        table.row(cells(
                IntStream.range(0, groups.size()).mapToObj(column -> column == 0 ? "total" : "").toList(),
                report.getJsonObject("total")));
        table.print(root.out());
        long count = report.getLong("rowCount");
        if (count > rows.size()) {
            root.out().println(rows.size() + " of " + count + " lines; --offset and --limit show others.");
        }
    }

    private static String head(String group) {
        return switch (group) {
            case "at" -> "TIME";
            case "keyName" -> "KEY";
            default -> group.toUpperCase(Locale.ROOT);
        };
    }

    private static String group(JsonObject row, String group) {
        String text = row.getString(group);
        return text != null || !group.equals("keyName") ? text : "(" + row.getLong("key") + ")";
    }

    private static Object[] cells(List<String> first, JsonObject row) {
        List<Object> cells = new ArrayList<>(first);
        cells.addAll(List.of(
                row.getLong("requests"), row.getLong("hits") + row.getLong("stale"), percent(row.getDouble("hitRatio")),
                row.getLong("misses"), row.getLong("errors"), millis(row.getLong("averageMicros")),
                millis(row.getLong("hitP50Micros")), millis(row.getLong("hitP99Micros")),
                millis(row.getLong("missP50Micros")), millis(row.getLong("missP99Micros")), row.getLong("paidCalls"),
                "$" + Text.dollars(row.getLong("costMicros")), "$" + Text.dollars(row.getLong("savedMicros"))));
        return cells.toArray();
    }

    private static String millis(Long micros) {
        return micros == null ? "-" : BigDecimal.valueOf(micros).divide(MICROS, 3, RoundingMode.HALF_UP) + " ms";
    }

    private static String percent(Double ratio) {
        return ratio == null ? "-"
                : BigDecimal.valueOf(ratio).movePointRight(2).setScale(1, RoundingMode.HALF_UP) + " %";
    }
}

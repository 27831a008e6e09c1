package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.Latencies;
import systems.supported.rentcache.analytics.Rollup;
import systems.supported.rentcache.analytics.Span;
import systems.supported.rentcache.analytics.UsageLine;
import systems.supported.rentcache.analytics.UsageQuery;
import systems.supported.rentcache.analytics.UsageReader;
import systems.supported.rentcache.analytics.UsageRecord;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.DatabaseException;

/** What was asked and how it was answered: summed reports and single records. Thread-safe. */
public final class UsageReports {
    /** The most lines of a report as comma-separated values where the caller does not say how many. */
    private static final int MOST_LINES = 100_000;
    /** What requests are filed under that ask for no endpoint there is. */
    private static final String NO_ENDPOINT = "none";
    private static final int RATIO_DIGITS = 4;
    private static final double MEDIAN = 0.5;
    private static final double P99 = 0.99;
    private static final Set<CacheResult> HITS = EnumSet.copyOf(UsageLine.HITS);
    private static final List<String> FIGURES = List.of(
            "requests", "hits", "stale", "misses", "refused", "errors", "paidCalls", "hitRatio", "averageMicros",
            "hitP50Micros", "hitP99Micros", "missP50Micros", "missP99Micros", "costMicros", "savedMicros");

    static {
        HITS.remove(CacheResult.STALE);
    }

    private final UsageReader reader;
    private final Catalog catalog;
    private final ZoneId zone;
    private final int billingDay;
    private final InstantSource clock;

    /** The reports of a database. */
    public UsageReports(Database database, Catalog catalog, Settings settings, InstantSource clock) {
        this.catalog = catalog;
        this.zone = settings.limiting().zone();
        this.reader = new UsageReader(database, zone);
        this.billingDay = settings.spending().billingDay();
        this.clock = clock;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("usage", call -> attempt(() -> usage(call)), "usageRecords", call -> attempt(() -> records(call)));
    }

    private static Future<Document> attempt(Supplier<Future<Document>> operation) {
        try {
            return operation.get().recover(failure -> Future.failedFuture(failure instanceof DatabaseException
                    ? RefusedCall.unavailable("The database cannot be read at the moment: " + failure.getMessage())
                    : failure));
        } catch (RefusedCall refused) {
            return Future.failedFuture(refused);
        }
    }

    private Future<Document> usage(Call call) {
        List<String> groupBy = List.of(Objects.requireNonNullElse(call.text("groupBy"), "endpoint").split(","));
        boolean csv = "csv".equals(call.text("format"));
        int limit = csv && !call.parameters().containsKey("limit") ? MOST_LINES : call.limit();
        return reader.report(query(call, groupBy, limit), clock.instant()).compose(report -> {
            List<Long> keys = report.lines().stream().map(UsageLine::keyId).filter(Objects::nonNull).distinct().toList();
            return reader.keyNames(keys).map(names -> {
                List<JsonObject> rows = report.lines().stream().map(line -> row(line, groupBy, names)).toList();
                return csv ? csv(groupBy, rows) : Document.of(new JsonObject()
                        .put("from", shown(report.from().toEpochMilli()))
                        .put("to", shown(report.to().toEpochMilli()))
                        .put("groupBy", new JsonArray(groupBy))
                        .put("rows", new JsonArray(rows))
                        .put("rowCount", report.count())
                        .put("total", figures(report.total(), new JsonObject())));
            });
        });
    }

    private UsageQuery query(Call call, List<String> groupBy, int limit) {
        Instant now = clock.instant();
        Instant from = call.text("from") == null
                ? BillingMonth.at(now, billingDay, zone).start() : Moments.parse("from", call.text("from"), zone);
        // The end is not included, and what was asked at this very moment is to be.
        Instant to = call.text("to") == null ? now.plusMillis(1) : Moments.parse("to", call.text("to"), zone);
        if (from.isAfter(to)) {
            throw RefusedCall.malformed("'from' (" + from + ") is after 'to' (" + to + ").");
        }
        if (call.text("endpoint") != null && !call.text("endpoint").equals(NO_ENDPOINT)) {
            KeyRequest.requireEndpoint("endpoint", call.text("endpoint"), catalog);
        }
        List<Span> spans = Arrays.stream(Span.values())
                .filter(span -> groupBy.contains(span.name().toLowerCase(Locale.ROOT))).toList();
        if (spans.size() > 1) {
            throw RefusedCall.invalid("groupBy", String.join(",", groupBy), "of minute, hour and day one at most");
        }
        Set<UsageQuery.Group> groups = EnumSet.noneOf(UsageQuery.Group.class);
        Arrays.stream(UsageQuery.Group.values())
                .filter(group -> groupBy.contains(group.name().toLowerCase(Locale.ROOT))).forEach(groups::add);
        return new UsageQuery(
                from.toEpochMilli(), to.toEpochMilli(), spans.isEmpty() ? null : spans.get(0), groups,
                call.text("endpoint"), call.parameters().getLong("key"), limit, call.offset());
    }

    private static String shown(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static JsonObject row(UsageLine line, List<String> groupBy, Map<Long, String> names) {
        JsonObject row = new JsonObject();
        if (line.at() != null) {
            row.put("at", shown(line.at()));
        }
        if (line.keyId() != null) {
            row.put("key", line.keyId()).put("keyName", names.get(line.keyId()));
        }
        if (line.endpoint() != null) {
            row.put("endpoint", line.endpoint());
        }
        if (groupBy.contains("result")) {
            row.put("result", line.sums().keySet().iterator().next().text());
        }
        return figures(line, row);
    }

    private static JsonObject figures(UsageLine line, JsonObject row) {
        long requests = line.sum(UsageLine.ANSWERS, Rollup::requests);
        long hits = line.sum(UsageLine.HITS, Rollup::requests);
        long misses = line.sum(UsageLine.MISSES, Rollup::requests);
        long stale = line.sum(EnumSet.of(CacheResult.STALE), Rollup::requests);
        Latencies kept = line.latencies(UsageLine.KEPT);
        Latencies waited = line.latencies(UsageLine.WAITED);
        JsonObject byResult = new JsonObject();
        line.sums().forEach((result, sum) -> byResult.put(result.text(), sum.requests()));
        return row.put("requests", requests)
                .put("hits", line.sum(HITS, Rollup::requests))
                .put("stale", stale)
                .put("misses", misses)
                .put("refused", line.sum(EnumSet.of(CacheResult.REFUSED), Rollup::requests))
                .put("errors", line.sum(UsageLine.ANSWERS, Rollup::errors))
                .put("byResult", byResult)
                .put("paidCalls", line.sum(Rollup::paidCalls))
                .put("hitRatio", hits + misses == 0 ? null : BigDecimal.valueOf(hits)
                        .divide(BigDecimal.valueOf(hits + misses), RATIO_DIGITS, RoundingMode.HALF_UP))
                .put("averageMicros", requests == 0 ? 0 : line.sum(UsageLine.ANSWERS, Rollup::micros) / requests)
                .put("hitP50Micros", kept.quantile(MEDIAN))
                .put("hitP99Micros", kept.quantile(P99))
                .put("missP50Micros", waited.quantile(MEDIAN))
                .put("missP99Micros", waited.quantile(P99))
                .put("costMicros", line.sum(Rollup::costMicros))
                .put("savedMicros", line.sum(Rollup::savedMicros));
    }

    private static Document csv(List<String> groupBy, List<JsonObject> rows) {
        List<String> names = new ArrayList<>();
        if (groupBy.stream().anyMatch(group -> List.of("minute", "hour", "day").contains(group))) {
            names.add("at");
        }
        if (groupBy.contains("key")) {
            names.addAll(List.of("key", "keyName"));
        }
        if (groupBy.contains("endpoint")) {
            names.add("endpoint");
        }
        if (groupBy.contains("result")) {
            names.add("result");
        }
        names.addAll(FIGURES);
        Csv csv = Csv.of(names.toArray(String[]::new));
        rows.forEach(row -> csv.row(names.stream().map(row::getValue).toArray()));
        return Document.csv(csv.toString());
    }

    private Future<Document> records(Call call) {
        UsageQuery query = query(call, List.of(), call.limit());
        return reader.records(query).map(records -> Document.of(new JsonObject()
                .put("from", shown(query.from()))
                .put("to", shown(query.to()))
                .put("items", new JsonArray(records.items().stream().map(UsageReports::json).toList()))
                .put("limit", query.limit())
                .put("offset", query.offset())
                .put("more", records.more())));
    }

    private static JsonObject json(UsageRecord usage) {
        return new JsonObject()
                .put("at", shown(usage.millis()))
                .put("key", usage.keyId())
                .put("endpoint", usage.endpoint())
                .put("method", usage.method())
                .put("status", usage.status())
                .put("micros", usage.micros())
                .put("result", usage.result().text())
                .put("tier", usage.tier())
                .put("reason", usage.reason())
                .put("costMicros", usage.costMicros())
                .put("savedMicros", usage.savedMicros())
                .put("userAgent", usage.detail().userAgent())
                .put("address", usage.detail().address())
                .put("weight", usage.detail().weight());
    }
}

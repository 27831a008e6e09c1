package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.analytics.UsageQuery.Group;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** Sums, reports and writers in SQL; on SQLite, and on PostgreSQL by a test that extends this one. */
class UsageSqlTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Instant NOW = Instant.parse("2026-03-03T12:00:00Z");

    @TempDir
    private Path directory;
    private final Vertx vertx = Vertx.vertx();
    private Database database;

    String url() {
        return "jdbc:sqlite:" + directory.resolve("usage.db");
    }

    /** The version before. */
    String before() {
        return "7";
    }

    String migrations() {
        return "db/sqlite";
    }

    Database database(Vertx on) {
        return Databases.sqlite(on, directory.resolve("usage.db"));
    }

    /** A database that began at the version before, with usage of the times since. */
    @BeforeEach
    void migrate() throws SQLException {
        migrate(before());
        hour("2026-02-28T23:00:00Z", "miss", 4, 1, 4_000_000, 90_000, 0);
        hour("2026-02-28T23:00:00Z", "hit_near", 10, 0, 500, 0, 300_000);
        hour("2026-03-01T00:00:00Z", "stale", 2, 0, 100, 30_000, 60_000);
        hour("2026-03-01T00:00:00Z", "refreshed", 1, 0, 0, 30_000, 0);
        migrate("12");
        for (int key = 1; key <= 2; key++) {
            sql("INSERT INTO usage_rollup_minutely (minute, api_key_id, endpoint, cache_result, requests, errors, "
                    + "response_time_us, cost_micros, saved_micros, paid_calls, uncached_calls, latency_03) VALUES ("
                    + Instant.parse("2026-03-01T02:07:00Z").toEpochMilli() + ", " + key
                    + ", 'properties', 'miss', 2, 0, 9, 30000, 0, 1, 1, 2)");
        }
        database = database(vertx);
        await(database.open());
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
    }

    private void migrate(String version) {
        Flyway.configure().dataSource(url(), "postgres", "postgres").locations(migrations()).target(version).load().migrate();
    }

    private void hour(String at, String result, long... figures) throws SQLException {
        sql("INSERT INTO usage_rollup_hourly VALUES (" + Instant.parse(at).toEpochMilli() + ", 7, 'properties', '" + result
                + "', " + figures[0] + ", " + figures[1] + ", " + figures[2] + ", " + figures[3] + ", " + figures[4] + ")");
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), "postgres", "postgres");
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    private UsageReader.Report report(
            ZoneId zone, String from, String to, Span by, Set<Group> groups, int limit, int offset) {
        return await(new UsageReader(database, zone).report(new UsageQuery(
                Instant.parse(from).toEpochMilli(), Instant.parse(to).toEpochMilli(), by, groups, null, null, limit,
                offset), NOW));
    }

    private static long sum(UsageLine line, ToLongFunction<Rollup> value) {
        return line.sum(value);
    }

    @Test
    void whatTheVersionBeforeSummedIsKeptAndReported() {
        UsageLine total = report(UTC, "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", null, Set.of(), 10, 0).total();

        assertThat(sum(total, Rollup::requests)).isEqualTo(17);
        assertThat(sum(total, Rollup::costMicros)).isEqualTo(150_000);
        assertThat(sum(total, Rollup::savedMicros)).isEqualTo(360_000);
        assertThat(sum(total, Rollup::paidCalls)).as("at 30,000 a call").isEqualTo(3 + 1 + 1);
        assertThat(sum(total, Rollup::uncachedCalls)).isEqualTo(3 + 10 + 3);
        assertThat(total.latencies(UsageLine.HITS).quantile(0.5)).isNull();
    }

    @Test
    void minutesOfTheVersionBeforeAreAlsoSummedTogether() {
        UsageLine line = report(UTC, "2026-03-01T02:00:00Z", "2026-03-01T03:00:00Z", Span.MINUTE, Set.of(), 10, 0)
                .lines().get(0);
        assertThat(sum(line, Rollup::requests)).isEqualTo(4);
        assertThat(sum(line, Rollup::costMicros)).isEqualTo(60_000);
        assertThat(line.latencies(UsageLine.WAITED).quantile(0.5)).isEqualTo(120);
    }

    @Test
    void daysAreThoseOfTheZoneAlsoOfWhatWasSummedBefore() {
        List<UsageLine> utc =
                report(UTC, "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", Span.DAY, Set.of(), 10, 0).lines();
        assertThat(utc).extracting(line -> Instant.ofEpochMilli(line.at()).toString())
                .containsExactly("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z");
        assertThat(utc).extracting(line -> sum(line, Rollup::requests)).containsExactly(14L, 3L);

        List<UsageLine> chicago = report(
                ZoneId.of("America/Chicago"), "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", Span.DAY, Set.of(), 10, 0)
                .lines();
        assertThat(chicago).extracting(line -> Instant.ofEpochMilli(line.at()).toString())
                .containsExactly("2026-02-28T06:00:00Z");
        assertThat(sum(chicago.get(0), Rollup::requests)).isEqualTo(17);
    }

    private void write(String at, long key, String endpoint, CacheResult result, int micros, int times) {
        UnwrittenSums sums = new UnwrittenSums(new RollupCalendar(UTC));
        MinuteSums total = new MinuteSums(new MinuteSums.Endpoints());
        UsageRecord usage = new UsageRecord(
                Instant.parse(at).toEpochMilli(), key, endpoint, "GET", result == CacheResult.REFUSED ? 429 : 200, micros,
                result, null, result == CacheResult.REFUSED ? "rate-limited" : null,
                result == CacheResult.MISS ? 30_000 : 0, result == CacheResult.HIT_NEAR ? 30_000 : 0,
                result == CacheResult.MISS ? 1 : 0, result == CacheResult.REFUSED ? 0 : 1, null,
                new UsageRecord.Detail("agent", "::1", times));
        for (int i = 0; i < times; i++) {
            total.add(usage, 1);
        }
        total.take(sum -> sums.add(sum, (span, lost) -> {
            throw new AssertionError(span + " " + lost);
        }));
        await(new UsageStore(database).write(sums, List.of(usage)));
    }

    private void fill() {
        await(new UsageDays(database).align(UTC));
        write("2026-03-02T10:15:10Z", 1, "properties", CacheResult.HIT_NEAR, 30, 5);
        write("2026-03-02T10:15:50Z", 1, "properties", CacheResult.HIT_NEAR, 30, 2);
        write("2026-03-02T10:16:00Z", 2, "properties", CacheResult.MISS, 900_000, 3);
        write("2026-03-02T11:00:00Z", 1, "market_stats", CacheResult.REFUSED, 100, 4);
        write("2026-03-03T00:00:00Z", 2, "market_stats", CacheResult.MISS, 700_000, 1);
    }

    private List<String> lines(Span by, Set<Group> groups, String from, String to) {
        return report(UTC, from, to, by, groups, 100, 0).lines().stream().map(line ->
                (line.at() == null ? "" : Instant.ofEpochMilli(line.at()) + " ")
                        + (line.keyId() == null ? "" : line.keyId() + " ")
                        + (line.endpoint() == null ? "" : line.endpoint() + " ")
                        + (groups.contains(Group.RESULT) ? line.sums().keySet() + " " : "")
                        + sum(line, Rollup::requests) + " " + sum(line, Rollup::paidCalls) + " "
                        + sum(line, Rollup::costMicros) + " " + sum(line, Rollup::savedMicros)).toList();
    }

    @Test
    void linesAreOfEveryGroupingExactly() {
        fill();
        String from = "2026-03-02T00:00:00Z";
        String to = "2026-03-04T00:00:00Z";
        assertThat(lines(Span.MINUTE, Set.of(), from, to)).containsExactly(
                "2026-03-02T10:15:00Z 7 0 0 210000", "2026-03-02T10:16:00Z 3 3 90000 0",
                "2026-03-02T11:00:00Z 4 0 0 0", "2026-03-03T00:00:00Z 1 1 30000 0");
        assertThat(lines(Span.HOUR, Set.of(Group.KEY), from, to)).containsExactly(
                "2026-03-02T10:00:00Z 1 7 0 0 210000", "2026-03-02T10:00:00Z 2 3 3 90000 0",
                "2026-03-02T11:00:00Z 1 4 0 0 0", "2026-03-03T00:00:00Z 2 1 1 30000 0");
        assertThat(lines(Span.DAY, Set.of(Group.ENDPOINT), from, to)).containsExactly(
                "2026-03-02T00:00:00Z market_stats 4 0 0 0", "2026-03-02T00:00:00Z properties 10 3 90000 210000",
                "2026-03-03T00:00:00Z market_stats 1 1 30000 0");
        assertThat(lines(null, Set.of(Group.KEY, Group.ENDPOINT, Group.RESULT), from, to)).containsExactlyInAnyOrder(
                "1 market_stats [REFUSED] 4 0 0 0", "1 properties [HIT_NEAR] 7 0 0 210000",
                "2 market_stats [MISS] 1 1 30000 0", "2 properties [MISS] 3 3 90000 0");
        assertThat(lines(Span.DAY, Set.of(), "2026-03-02T10:16:00Z", "2026-03-02T10:59:00Z"))
                .containsExactly("2026-03-02T00:00:00Z 3 3 90000 0");
        assertThat(lines(Span.HOUR, Set.of(), "2026-03-02T10:16:00Z", "2026-03-02T11:01:00Z"))
                .containsExactly("2026-03-02T10:00:00Z 3 3 90000 0", "2026-03-02T11:00:00Z 4 0 0 0");
    }

    /** Whatever is asked, of whichever sums it is told: it is what adding up the answers one by one says. */
    @Test
    void reportsOfEveryKindAgreeWithTheAnswers() throws SQLException {
        Random random = new Random(7);
        await(new UsageDays(database).align(UTC));
        List<Answers> all = new ArrayList<>();
        long begin = Instant.parse("2026-03-02T20:00:00Z").toEpochMilli();
        for (int i = 0; i < 60; i++) {
            Answers some = new Answers(
                    begin + random.nextInt(8 * 3_600_000), 1 + random.nextInt(3),
                    random.nextBoolean() ? "properties" : "market_stats",
                    random.nextBoolean() ? CacheResult.MISS : CacheResult.HIT_NEAR, 1 + random.nextInt(5));
            all.add(some);
            write(Instant.ofEpochMilli(some.at).toString(), some.key, some.endpoint, some.result, 30, some.times);
        }
        agree(all, 20 * 60 + 17, 26 * 60 + 41);
        sql("UPDATE usage_coverage SET days_zone = ''");
        agree(all, 0, 48 * 60);
    }

    private record Answers(long at, long key, String endpoint, CacheResult result, int times) {
    }

    private void agree(List<Answers> all, int fromMinute, int toMinute) {
        long day = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();
        for (Span by : new Span[] {null, Span.MINUTE, Span.HOUR, Span.DAY}) {
            for (int groups = 0; groups < 8; groups++) {
                for (int only = 0; only < 4; only++) {
                    agree(all, new UsageQuery(
                            day + fromMinute * 60_000L, day + toMinute * 60_000L, by, groups(groups),
                            (only & 1) == 0 ? null : "properties", (only & 2) == 0 ? null : 2L, 1_000, 0));
                }
            }
        }
    }

    private static Set<Group> groups(int bits) {
        return Arrays.stream(Group.values()).filter(group -> (bits >> group.ordinal() & 1) != 0)
                .collect(Collectors.toSet());
    }

    private void agree(List<Answers> all, UsageQuery query) {
        Map<List<Object>, Long> expected = new HashMap<>();
        for (Answers some : all) {
            if (some.at >= query.from() && some.at < query.to()
                    && (query.endpoint() == null || query.endpoint().equals(some.endpoint))
                    && (query.keyId() == null || query.keyId() == some.key)) {
                expected.merge(Arrays.asList(
                        query.by() == null ? null : query.by().floor(some.at),
                        query.groups().contains(Group.KEY) ? some.key : null,
                        query.groups().contains(Group.ENDPOINT) ? some.endpoint : null,
                        query.groups().contains(Group.RESULT) ? some.result : null), (long) some.times, Long::sum);
            }
        }
        UsageReader.Report report = await(new UsageReader(database, UTC).report(query, NOW));
        Map<List<Object>, Long> told = new HashMap<>();
        report.lines().forEach(line -> told.merge(Arrays.asList(
                line.at(), line.keyId(), line.endpoint(),
                query.groups().contains(Group.RESULT) ? line.sums().keySet().iterator().next() : null),
                sum(line, Rollup::requests), Long::sum));
        assertThat(told).as(query.toString()).isEqualTo(expected);
        assertThat(sum(report.total(), Rollup::requests)).as(query.toString())
                .isEqualTo(expected.values().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void pagesHaveTheirLinesAndTheTotalOfAll() {
        fill();
        UsageReader.Report page =
                report(UTC, "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z", Span.HOUR, Set.of(Group.KEY), 2, 1);

        assertThat(page.count()).isEqualTo(4);
        assertThat(page.lines()).extracting(line -> sum(line, Rollup::requests)).containsExactly(3L, 4L);
        assertThat(sum(page.total(), Rollup::requests)).isEqualTo(15);
        assertThat(page.total().latencies(UsageLine.KEPT).quantile(0.5)).isEqualTo(30);
    }

    @Test
    void minutesAreKeptForSomeDaysAndHoursForGood() {
        fill();
        await(new UsageStore(database).keep(NOW, NOW.minus(Duration.ofDays(90)), Instant.parse("2026-03-02T10:16:00Z")));

        assertThat(lines(Span.MINUTE, Set.of(), "2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z"))
                .hasSize(3).first().asString().startsWith("2026-03-02T10:16:00Z");
        UsageReader.Report wider =
                report(UTC, "2026-03-02T10:05:00Z", "2026-03-02T10:10:00Z", null, Set.of(Group.ENDPOINT), 10, 0);
        assertThat(wider.from()).isEqualTo("2026-03-02T10:00:00Z");
        assertThat(sum(wider.total(), Rollup::requests)).as("of the whole hour").isEqualTo(10);
    }

    @Test
    void recordsComeLatestFirstWithTheirWeights() {
        fill();
        UsageReader reader = new UsageReader(database, UTC);
        UsageReader.Records page = await(reader.records(new UsageQuery(
                0, NOW.toEpochMilli(), null, Set.of(), "properties", null, 2, 0)));
        assertThat(page.more()).isTrue();
        assertThat(page.items()).extracting(one -> one.detail().weight()).containsExactly(3L, 2L);
        UsageReader.Records refused = await(reader.records(new UsageQuery(
                0, NOW.toEpochMilli(), null, Set.of(), "market_stats", 1L, 2, 0)));
        assertThat(refused.more()).isFalse();
        assertThat(refused.items()).singleElement().extracting(UsageRecord::reason).isEqualTo("rate-limited");
        assertThat(refused.items().get(0).detail().address()).isEqualTo("::1");
    }

    @Test
    void aWriterThatEndedWithoutAWordIsToldOnceAndALivingOneIsNot() {
        AtomicLong nanos = new AtomicLong();
        Duration patience = Duration.ofSeconds(10);
        UsageWriters crashed = new UsageWriters(database, patience, nanos::get);
        UsageWriters living = new UsageWriters(database, patience, nanos::get);
        UsageWriters next = new UsageWriters(database, patience, nanos::get);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(UsageWriters.class)).addAppender(log);
        await(crashed.beat(NOW));
        for (int second = 0; second < 30; second += 3) {
            nanos.addAndGet(Duration.ofSeconds(3).toNanos());
            await(Future.join(living.beat(NOW.plusSeconds(second)), next.beat(NOW.plusSeconds(second))));
        }
        assertThat(log.list).singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
                .contains("From " + NOW + " on usage of it may be lacking");
        await(living.done());
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        await(next.beat(NOW));
        await(next.beat(NOW));
        assertThat(log.list).hasSize(1);
        ((Logger) LoggerFactory.getLogger(UsageWriters.class)).detachAppender(log);
    }
}

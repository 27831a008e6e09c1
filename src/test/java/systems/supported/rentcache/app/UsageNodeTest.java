package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.KeySpec;

/** Usage from the answer to the report: every answer leaves a record, through load, restart and crash. */
class UsageNodeTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=3";
    private static final String BULK = "/api/v1/estimates/value/bulk";

    @TempDir
    private Path directory;

    private static long number(Node node, String sql) {
        return node.<Long>database(database -> Future.<Long>succeededFuture().compose(none ->
                database.reader().query(sql).execute().map(rows -> rows.iterator().next().getLong(0))));
    }

    private static JsonObject report(Node node, String query) {
        Node.Answer answer = node.get("/admin/v1/usage?" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static JsonObject total(Node node) {
        return report(node, "groupBy=day").getJsonObject("total");
    }

    @Test
    void everyAnswerLeavesARecordUnderLoadAndOverARestart() {
        Node node = Node.in(directory).with("USAGE_ROWS_PER_SECOND", "4").start();
        String guest = node.newKey(KeySpec.named("guest, \"the\" first"));
        int answers = 0;
        List<CompletableFuture<Node.Answer>> load = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            load.add(node.sendAsync(i % 5 == 0 ? "/v1/properties?limit=0" : TARGET, i % 3 == 0 ? guest : Node.ADMIN));
            answers++;
        }
        CompletableFuture.allOf(load.toArray(CompletableFuture[]::new)).join();
        long good = load.stream().filter(answer -> answer.join().status() == 200).count();
        String etag = node.get(TARGET).header("ETag");
        assertThat(node.get(TARGET, "If-None-Match", etag).status()).isEqualTo(304);
        assertThat(node.send("HEAD", TARGET, null, Node.withKey(Node.ADMIN)).status()).isEqualTo(200);
        assertThat(node.send("GET", TARGET, null).status()).as("no key").isEqualTo(401);
        assertThat(node.get("/v1/properties/nobody").status()).isEqualTo(404);
        answers += 5;
        JsonObject bulk = node.post(BULK, "{\"requests\":[{\"address\":\"5500 Grand Lake Dr, San Antonio, TX, 78244\"},"
                + "{\"latitude\":\"north\"}]}").json();
        assertThat(bulk.getJsonArray("results")).hasSize(2);
        answers += 2;
        long expected = answers;
        Node.until("all is summed", () -> total(node).getLong("requests") == expected);
        JsonObject total = total(node);
        assertThat(total.getLong("paidCalls")).isEqualTo(node.bill().billed());
        assertThat(total.getLong("costMicros")).isEqualTo(node.bill().costMicros());
        assertThat(total.getJsonObject("byResult").stream().mapToLong(one -> (Integer) one.getValue()).sum())
                .isEqualTo(expected);
        node.stop();

        node.start();
        node.get(TARGET);
        long afterwards = expected + 1;
        Node.until("the next is added", () -> total(node).getLong("requests") == afterwards);
        for (String table : List.of("rollup_minutely", "rollup_hourly", "rollup_daily", "totals_minutely", "totals_hourly",
                "totals_daily", "keys_daily")) {
            assertThat(number(node, "SELECT SUM(requests) FROM usage_" + table)).as(table).isEqualTo(afterwards);
        }
        Node.until("the weights add up", () ->
                number(node, "SELECT SUM(weight) FROM usage_stats") == afterwards);
        assertThat(number(node, "SELECT COUNT(*) FROM usage_stats")).isLessThan(afterwards / 2);
        assertThat(number(node, "SELECT COUNT(*) FROM usage_stats WHERE reason = 'invalid-parameter'")).isPositive();
        assertThat(number(node, "SELECT SUM(uncached_calls) FROM usage_rollup_hourly"))
                .as("each 200 but the HEAD's, and the 304, for the sandbox gives no validators")
                .isEqualTo(good + 2 + 1 + 1);
        theReportsAgree(node, afterwards);
        node.close();
    }

    private static void theReportsAgree(Node node, long answers) {
        for (String groupBy : List.of("minute", "hour", "day", "endpoint", "key", "result", "hour,key,endpoint,result")) {
            JsonObject report = report(node, "limit=1000&groupBy=" + groupBy);
            assertThat(report.getJsonArray("rows").stream().map(JsonObject.class::cast)
                    .mapToLong(row -> row.getLong("requests")).sum()).as(groupBy).isEqualTo(answers);
            assertThat(report.getLong("rowCount")).isEqualTo(report.getJsonArray("rows").size());
        }
        assertThat(report(node, "groupBy=result&limit=1&offset=1").getJsonArray("rows")).hasSize(1);
        Node.Answer csv = node.get("/admin/v1/usage?groupBy=key&format=csv");
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.text().lines().filter(line -> line.contains("\"guest, \"\"the\"\" first\"")).toList())
                .singleElement().asString().contains(",200,");
        JsonObject records = node.get("/admin/v1/usage/records?limit=3").json();
        assertThat(records.getJsonArray("items")).hasSize(3);
        assertThat(records.getBoolean("more")).isTrue();
        assertThat(node.get("/admin/v1/usage?groupBy=hour,day").status()).isEqualTo(400);
        assertThat(node.get("/admin/v1/usage?groupBy=weekday").status()).isEqualTo(400);
        Node.Answer wrong = node.get("/admin/v1/usage?from=yesterday");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().getString("detail")).contains("from", "yesterday", "2026-03-01");
        assertThat(node.get("/admin/v1/usage?from=2026-03-02&to=2026-03-01").status()).isEqualTo(400);
    }

    @Test
    void aCrashIsToldByTheNextStartAndAnOrderlyStopIsNot() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger writers = (Logger) LoggerFactory.getLogger("systems.supported.rentcache.analytics.UsageWriters");
        writers.addAppender(log);
        Path copy = directory.resolve("copy");
        try (Node living = Node.in(directory.resolve("living")).start()) {
            living.get(TARGET);
            Node.until("it is written", () -> total(living).getLong("requests") == 1);
            copy(directory.resolve("living"), copy);
        }
        try (Node again = Node.in(directory.resolve("living")).start()) {
            assertThat(number(again, "SELECT COUNT(*) FROM usage_writers")).as("the next one's").isEqualTo(1);
        }
        try (Node next = Node.in(copy).start()) {
            Node.until("it is told", () -> !log.list.isEmpty());
            assertThat(log.list).singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
                    .contains("2026-03-01T12:00:00Z", "may be lacking");
            assertThat(total(next).getLong("requests")).isEqualTo(1);
        } finally {
            writers.detachAppender(log);
        }
    }

    /** What a crash leaves: the files as they are while they are written. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copied = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copied);
                } else {
                    Files.copy(file, copied);
                }
            }
        }
    }
}

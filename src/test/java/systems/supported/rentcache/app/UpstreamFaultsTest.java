package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.sandbox.Faults;

/** What a consumer is told when Rentcast misbehaves, and what that may cost. */
class UpstreamFaultsTest {
    @TempDir
    static Path directory;
    private static Node node;
    private static int questions;

    @BeforeAll
    static void start() {
        node = Node.in(directory)
                .with("RENTCAST_TIMEOUT", "1s").with("RENTCAST_MAX_RETRIES", 1).with("MAX_CACHED_BODY", "1MiB").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void reset() {
        node.sandbox().reset();
    }

    /** A question that was not asked before. */
    private static String question() {
        return "/v1/properties?zipCode=78244&limit=1&offset=" + questions++;
    }

    private static void fault(Object... members) {
        JsonObject faults = new JsonObject();
        for (int i = 0; i < members.length; i += 2) {
            faults.put((String) members[i], members[i + 1]);
        }
        node.sandbox().faults(Faults.parse(faults));
    }

    @ParameterizedTest
    @CsvSource({
        "401, 502, upstream-key-refused, 1", "403, 502, upstream-key-refused, 1", "429, 503, upstream-rate-limited, 2",
        "500, 502, upstream-error, 2", "503, 503, upstream-error, 2", "504, 504, upstream-timeout, 2",
    })
    void theUpstreamsFaultIsToldFromTheConsumers(int theirs, int ours, String type, int calls) {
        fault("status", theirs);
        String target = question();
        Answer answer = node.get(target);
        assertThat(answer.status()).isEqualTo(ours);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().getString("type")).isEqualTo("urn:rentcache:problem:" + type);
        assertThat(answer.json().getString("detail")).contains("The request was right");
        assertThat(answer.header("Cache-Status")).startsWith("RentCache; fwd=uri-miss; fwd-status=" + theirs + "; detail=");
        assertThat(node.bill().calls()).isEqualTo(calls);
        assertThat(node.bill().billed()).isZero();

        node.sandbox().faults(Faults.NONE);
        assertThat(node.get(target).header("X-Cache")).as("a fault is not kept").isEqualTo("MISS");
    }

    @Test
    void whatFailsForFreeIsTriedAgain() {
        fault("status", 500, "times", 1);
        Answer answer = node.get(question());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(node.bill().calls()).isEqualTo(2);
        assertThat(node.bill().billed()).isEqualTo(1);
    }

    @Test
    void aCallThatMayHaveBeenBilledIsNotMadeAgain() {
        fault("hang", true);
        Answer answer = node.get(question());
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().getString("type")).endsWith("upstream-timeout");
        assertThat(node.bill().calls()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"disconnect", "wrongContentLength"})
    void aBodyThatBreaksOffIsNeitherKeptNorGiven(String fault) {
        fault(fault, true);
        String target = question();
        assertThat(node.get(target).json().getString("type")).endsWith("upstream-broken");
        assertThat(node.bill().calls()).isEqualTo(1);
        node.sandbox().faults(Faults.NONE);
        assertThat(node.get(target).header("X-Cache")).isEqualTo("MISS");
    }

    @Test
    void brokenJsonIsPassedOnAndNotKept() {
        fault("invalidJson", true);
        String target = question();
        assertThat(node.get(target).header("Cache-Status")).isEqualTo("RentCache; fwd=uri-miss; fwd-status=200");
        node.sandbox().faults(Faults.NONE);
        Answer whole = node.get(target);
        assertThat(whole.header("X-Cache")).isEqualTo("MISS");
        assertThat(new JsonArray(whole.text())).hasSize(1);
    }

    @Test
    void aSlowBodyIsWaitedForWithinTheTimeOut() {
        fault("slowBodyMillis", 300);
        assertThat(node.get(question()).status()).isEqualTo(200);
        fault("slowBodyMillis", 5_000);
        assertThat(node.get(question()).status()).isEqualTo(504);
    }

    @Test
    void aRefusedQuestionIsPassedOnWithItsReason() {
        // The documents do not rule out a range that is upside down; Rentcast may.
        fault("status", 400);
        Answer answer = node.get(question());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("error")).isEqualTo("resource/bad-request");
        assertThat(answer.header("X-Cache")).isEqualTo("MISS");
        assertThat(node.bill().calls()).isEqualTo(1);
    }

    @Test
    void aLargeBodyIsPassedThroughAndNotKept() {
        fault("bodyBytes", 3 << 20);
        String target = question();
        Answer answer = node.get(target);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bytes().length).isGreaterThanOrEqualTo(3 << 20);
        assertThat(answer.header("Cache-Status"))
                .isEqualTo("RentCache; fwd=uri-miss; fwd-status=200; detail=too-large");
        new JsonArray(answer.text());
        node.sandbox().faults(Faults.NONE);
        assertThat(node.get(target).header("X-Cache")).isEqualTo("MISS");
    }

    @Test
    void requestsForOneColdQuestionShareOneCall() {
        fault("latencyMillis", 300);
        String target = question();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(node.sendAsync(target));
        }
        byte[] first = answers.get(0).join().bytes();
        long collapsed = answers.stream().map(CompletableFuture::join).peek(answer -> {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.bytes()).isEqualTo(first);
        }).filter(answer -> answer.header("Cache-Status").contains("collapsed")).count();
        assertThat(collapsed).isPositive();
        assertThat(node.bill().calls()).isEqualTo(1);
    }

    @Test
    void noMoreCallsASecondThanRentcastTakes() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(node.sendAsync(question()));
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(node.bill().billed()).isEqualTo(50);
        // The first calls may be late for having to connect, and a later one early for it: that one is made again.
        assertThat(node.bill().calls()).as("hardly any was refused").isBetween(50L, 55L);
    }

    @Test
    void aKeyThatAsksMuchDoesNotDelayAnother() {
        String other = node.newKey(KeySpec.named("fairness"));
        List<CompletableFuture<Answer>> many = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            many.add(node.sendAsync(question()));
        }
        Node.until("calls wait", () -> node.get("/metrics").text().matches("(?s).*rentcache_upstream_waiting [1-9].*"));
        assertThat(node.getWithKey(other, question()).status()).isEqualTo(200);
        assertThat(many.stream().filter(answer -> !answer.isDone()).count())
                .as("calls of the first key that are still waiting").isGreaterThan(15);
        assertThat(many).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }

    @Test
    void aStaleAnswerIsRevalidatedWhereRentcastCan() {
        fault("etag", true);
        String target = question();
        Answer first = node.get(target);
        node.clock.advance(Duration.ofHours(49));
        // Not past midnight of the sandbox's day in which properties change.
        Answer second = node.get(target);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("X-Cache")).isIn("REVALIDATED", "MISS");
        if (second.header("X-Cache").equals("REVALIDATED")) {
            assertThat(second.bytes()).isEqualTo(first.bytes());
            assertThat(second.header("Cache-Status")).isEqualTo("RentCache; fwd=stale; fwd-status=304; stored");
            assertThat(node.bill().billed()).isEqualTo(1);
        }
        assertThat(node.get(target).header("X-Cache")).isEqualTo("HIT");
    }
}

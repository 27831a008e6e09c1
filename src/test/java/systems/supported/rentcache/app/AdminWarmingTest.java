package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.http.AdminContract;
import systems.supported.rentcache.sandbox.Faults;

/** Warming by the admin API: what is told of it, what it costs by the sandbox's bill, and what bounds it. */
class AdminWarmingTest {
    private static final String WARM = "/admin/v1/cache/warm";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).with("PLAN", "developer").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Answer call(String method, String path, JsonObject body) {
        Answer answer = node.send(method, path, body == null ? null : body.encode(), Node.withKey(
                Node.ADMIN, "Content-Type", "application/json"));
        AdminContract.assertFits(answer.response());
        return answer;
    }

    private static JsonObject warming() {
        return call("GET", WARM, null).json();
    }

    /** Questions about a zip code, of which no other test asks. */
    private static JsonObject questions(String path, String zipCode, int number) {
        return new JsonObject().put("questions", new JsonArray(IntStream.range(0, number)
                .mapToObj(i -> path + "?zipCode=" + zipCode + "&limit=1&offset=" + i).collect(Collectors.toList())));
    }

    private static JsonObject ended(JsonObject wanted) {
        Answer begun = call("POST", WARM, wanted);
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        Node.until("it has ended", () -> warming().getString("state").equals("ended"));
        JsonObject run = warming();
        assertThat(run.getInteger("run")).isEqualTo(begun.json().getInteger("run"));
        return run;
    }

    @Test
    void whatItWouldCostIsToldAndThenPaidOnce() {
        JsonObject wanted = questions("/v1/properties", "78244", 5);
        wanted.getJsonArray("questions").add("# a comment").add("").add("/v1/nowhere")
                .add("/v1/properties?zipCode=78244&limit=1&offset=0");
        long billed = node.bill().billed();

        JsonObject plan = call("POST", WARM, wanted.copy().put("dryRun", true)).json();
        assertThat(plan.getInteger("questions")).isEqualTo(5);
        assertThat(plan.getInteger("absent")).isEqualTo(5);
        assertThat(plan.getInteger("calls")).isEqualTo(5);
        assertThat(plan.getLong("costMicros")).as("the developer's plan includes 50 calls").isZero();
        assertThat(plan.getJsonArray("requests")).hasSize(5);
        assertThat(plan.getJsonArray("wrong").getJsonObject(0).getInteger("number")).isEqualTo(8);
        assertThat(node.bill().billed()).isEqualTo(billed);

        JsonObject some = ended(wanted.copy().put("maxCalls", 2));
        assertThat(some.getInteger("fetched")).isEqualTo(2);
        assertThat(node.bill().billed()).isEqualTo(billed + 2);
        Node.until("they are kept", () -> call("POST", WARM, wanted.copy().put("dryRun", true)).json()
                .getInteger("fresh") == 2);
        JsonObject rest = ended(wanted);
        assertThat(rest.getInteger("fetched")).isEqualTo(3);
        assertThat(rest.getInteger("paidCalls")).isEqualTo(3);
        assertThat(rest.getLong("costMicros")).isEqualTo(90_000);
        assertThat(rest.getValue("stoppedBy")).isNull();
        assertThat(node.bill().billed()).isEqualTo(billed + 5);
        assertThat(node.get("/v1/properties?zipCode=78244&limit=1&offset=4").header("X-Cache")).isEqualTo("HIT");
    }

    @Test
    void oneIsDoneAtATimeAndCanBeEnded() {
        node.sandbox().faults(Faults.parse(JsonObject.of("latencyMillis", 200)));
        try {
            long billed = node.bill().billed();
            assertThat(call("POST", WARM, questions("/v1/properties", "78701", 40)).status()).isEqualTo(202);
            Answer second = call("POST", WARM, questions("/v1/properties", "78702", 1));
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.json().getString("detail")).contains("under way");
            Node.until("it is seen to move", () -> warming().getInteger("asked") > 0);

            JsonObject cancelled = call("DELETE", WARM, null).json();
            assertThat(cancelled.getInteger("left")).isPositive();
            assertThat(cancelled.getString("stoppedBy")).isEqualTo("cancelled");
            Node.until("it has ended", () -> warming().getString("state").equals("ended"));
            JsonObject run = warming();
            assertThat(run.getInteger("asked") + run.getInteger("left")).isEqualTo(40);
            assertThat(node.bill().billed()).isEqualTo(billed + run.getInteger("asked")).isLessThan(billed + 40);
            assertThat(call("DELETE", WARM, null).json()).as("nothing is under way").isEqualTo(run);
        } finally {
            node.sandbox().faults(Faults.NONE);
        }
    }

    @Test
    void anEndpointsBudgetLeavesItsQuestionsOnly() {
        call("PUT", "/admin/v1/budget/endpoint:listings_sale", new JsonObject().put("calls", 0));
        AtomicInteger other = new AtomicInteger(100);
        Node.until("the node heard of it", () -> node.get(
                "/v1/listings/sale?zipCode=78244&limit=1&offset=" + other.getAndIncrement()).status() == 402);
        JsonObject wanted = questions("/v1/listings/sale", "78244", 10);
        wanted.getJsonArray("questions").add("/v1/properties?zipCode=78703&limit=1");
        JsonObject run = ended(wanted);
        assertThat(run.getString("stoppedBy")).isEqualTo("budget");
        assertThat(run.getInteger("left")).isEqualTo(10);
        assertThat(run.getInteger("fetched")).isEqualTo(1);
        assertThat(run.getInteger("paidCalls")).isEqualTo(1);
    }

    @Test
    void whatAsksNothingIsRefused() {
        assertThat(call("POST", WARM, new JsonObject()).json().getString("detail")).contains("'questions' or 'top'");
        assertThat(call("POST", WARM, new JsonObject().put("top", 0)).json().getString("detail")).contains("'top'");
        assertThat(call("POST", WARM, new JsonObject().put("tops", 5)).status()).isEqualTo(400);
        JsonObject run = ended(new JsonObject().put("questions", new JsonArray().add("/v1/nowhere")));
        assertThat(run.getInteger("calls")).isZero();
    }
}

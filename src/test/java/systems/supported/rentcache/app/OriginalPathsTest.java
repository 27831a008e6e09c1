package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.sandbox.Faults;

/** The original Python program's paths and headers, over the same entries as Rentcast's. */
class OriginalPathsTest {
    private static final String ADDRESS = "5500 Grand Lake Dr, San Antonio, TX 78244";

    @TempDir
    static Path directory;
    private static Node node;

    @BeforeAll
    static void start() {
        node = Node.in(directory).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String address(String address) {
        return "address=" + URLEncoder.encode(address, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/api/v1/properties?zipCode=78244 /v1/properties?zipCode=78244",
        "/api/v1/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244 /v1/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244",
        "/api/v1/estimates/value?address=5500+Grand+Lake+Dr,+San+Antonio,+TX+78244 /v1/avm/value?address=5500+Grand+Lake+Dr,+San+Antonio,+TX+78244",
        "/api/v1/estimates/rent?latitude=29.4&longitude=-98.5 /v1/avm/rent/long-term?latitude=29.4&longitude=-98.5",
        "/api/v1/listings/sale?zipCode=78244 /v1/listings/sale?zipCode=78244",
        "/api/v1/listings/rental?zipCode=78244 /v1/listings/rental/long-term?zipCode=78244",
        "/api/v1/listings/some-id /v1/listings/sale/some-id",
        "/api/v1/listings/some-id?type=rental /v1/listings/rental/long-term/some-id",
        "/api/v1/markets/stats?zipCode=78244 /v1/markets?zipCode=78244",
        "/api/v1/avm/value?address=1+Main+St,+Austin,+TX /v1/avm/value?address=1+Main+St,+Austin,+TX",
    })
    void bothPathsOfAQuestionShareOneEntry(String original, String rentcasts) {
        Answer first = node.get(original);
        assertThat(first.header("X-Cache-Hit")).isEqualTo("false");
        assertThat(first.header("X-Response-Time-MS")).matches("\\d+\\.\\d");
        long calls = node.bill().calls();
        Answer second = node.get(rentcasts);
        assertThat(second.status()).isEqualTo(first.status());
        if (first.status() == 200 || first.status() == 404) {
            assertThat(second.header("X-Cache")).isEqualTo("HIT");
            assertThat(second.header("X-Cache-Hit")).isNull();
            assertThat(second.bytes()).isEqualTo(first.bytes());
            assertThat(node.bill().calls()).isEqualTo(calls);
            Answer again = node.get(original);
            assertThat(again.header("X-Cache-Hit")).isEqualTo("true");
            assertThat(again.header("X-Estimated-Cost")).isNull();
        }
    }

    @Test
    void comparablesAreCutOutOfTheEstimate() {
        Answer estimate = node.get("/v1/avm/value?" + address(ADDRESS) + "&compCount=7");
        long billed = node.bill().billed();
        Answer comparables = node.get("/api/v1/comparables?" + address(ADDRESS) + "&compCount=7");
        assertThat(node.bill().billed()).isEqualTo(billed);
        assertThat(new JsonArray(comparables.text())).isEqualTo(estimate.json().getJsonArray("comparables")).hasSize(7);
        assertThat(estimate.text()).contains(comparables.text());
        assertThat(comparables.header("RateLimit-Policy")).isNull();
        assertThat(comparables.header("Content-Length")).isEqualTo(String.valueOf(comparables.bytes().length));
        Answer rent = node.get("/api/v1/comparables?type=rent&" + address(ADDRESS));
        assertThat(rent.header("X-Cache-Hit")).isEqualTo("false");
        assertThat(rent.header("X-Estimated-Cost")).isEqualTo("2.0");
    }

    @Test
    void bulkEstimatesAreAnsweredInOrderAndPaidForOnce() {
        String known = "1 Main St, Houston, TX 77002";
        node.get("/v1/avm/value?" + address(known));
        long billed = node.bill().billed();
        JsonObject body = JsonObject.of("addresses", JsonArray.of(
                "2 Oak St, Dallas, TX 75201", known, "nowhere at all", "2 Oak St, Dallas, TX 75201"));
        Answer answer = node.post("/api/v1/estimates/value/bulk", body.encode());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonArray results = answer.json().getJsonArray("results");
        assertThat(results).hasSize(4);
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(200);
        assertThat(results.getJsonObject(1).getString("cache")).isEqualTo("HIT");
        assertThat(results.getJsonObject(1).getJsonObject("request").getString("address")).isEqualTo(known);
        assertThat(results.getJsonObject(2).getInteger("status")).isEqualTo(400);
        assertThat(results.getJsonObject(3).getJsonObject("data"))
                .isEqualTo(results.getJsonObject(0).getJsonObject("data"));
        assertThat(answer.json().getJsonObject("summary")).isEqualTo(JsonObject.of("hits", 1, "paid", 1));
        assertThat(node.bill().billed()).isEqualTo(billed + 1);
    }

    @Test
    void comparablesOfWhatIsNoEstimateAreNotGiven() {
        node.sandbox().faults(Faults.parse(JsonObject.of("invalidJson", true)));
        Answer answer = node.get("/api/v1/comparables?" + address("77 Broken St, Austin, TX 78701"));
        node.sandbox().faults(Faults.NONE);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().getString("type")).endsWith("upstream-broken");
    }

    @Test
    void anUnknownTypeIsRefused() {
        assertThat(node.get("/api/v1/listings/some-id?typ%65=lease").json().getString("detail"))
                .contains("'lease'").contains("sale or rental");
        assertThat(node.get("/api/v1/comparables?type=lease&" + address(ADDRESS)).status()).isEqualTo(400);
    }

    @Test
    void bulkEstimatesTakeParameters() {
        Answer answer = node.post("/api/v1/estimates/rent/bulk", """
                {"requests": [{"address": "9 Elm St, Austin, TX 78701", "bedrooms": 3}, {"compCount": 99}]}""");
        JsonArray results = answer.json().getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(200);
        assertThat(results.getJsonObject(1).getInteger("status")).isEqualTo(400);
        assertThat(results.getJsonObject(1).getJsonObject("data").getString("type")).endsWith("invalid-parameter");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "''", "nonsense", "[]", "{}", "{\"addresses\": []}", "{\"addresses\": [1]}", "{\"requests\": [\"x\"]}", "null",
    })
    void aBulkBodyOfAnotherShapeIsRefused(String body) {
        Answer answer = node.post("/api/v1/estimates/value/bulk", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("detail")).contains("addresses");
    }

    @Test
    void aBulkBodyHasItsBounds() {
        JsonArray many = new JsonArray();
        for (int i = 0; i < 101; i++) {
            many.add(i + " Main St, Austin, TX 78701");
        }
        assertThat(node.post("/api/v1/estimates/value/bulk", JsonObject.of("addresses", many).encode()).status())
                .isEqualTo(400);
        assertThat(node.post("/api/v1/estimates/value/bulk", "[" + " ".repeat(2 << 20)).status()).isEqualTo(413);
        Answer wrongMethod = node.get("/api/v1/estimates/value/bulk");
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.header("Allow")).isEqualTo("POST, OPTIONS");
    }
}

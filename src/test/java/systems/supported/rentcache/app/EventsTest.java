package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxServer;

/** What is published on the event bus, against the schemas in {@code conf/events}. */
class EventsTest {
    private static final String QUESTION = "/v1/markets?zipCode=78244&apiToken=hush-hush";

    @TempDir
    private Path directory;
    private Node node;
    private final Map<String, List<JsonObject>> heard = new ConcurrentHashMap<>();

    @BeforeEach
    void start() {
        node = Node.in(directory).with("NODE_NAME", "one").with("RENTCAST_MAX_RETRIES", 0)
                .with("BUDGET_MONTHLY_CALLS", 5).start();
        for (String address : Event.ADDRESSES) {
            List<JsonObject> events = new CopyOnWriteArrayList<>();
            heard.put(address, events);
            node.vertx().eventBus().<JsonObject>consumer(address, message -> events.add(message.body()));
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private JsonObject await(String address, int count) {
        Node.until(count + " " + address, () -> heard.get(address).size() >= count);
        assertThat(heard.get(address)).hasSize(count);
        return heard.get(address).get(count - 1);
    }

    @Test
    void eachEventIsPublishedAsItsSchemaSaysAndWithoutSecrets() {
        node.get(QUESTION);
        JsonObject miss = await(Addresses.CACHE_MISS, 1);
        assertThat(miss.getString("node")).isEqualTo("one");
        assertThat(miss.getString("reason")).isEqualTo("uri-miss");
        assertThat(miss.getString("endpoint")).isEqualTo("market_stats");
        assertThat(miss.getJsonObject("parameters").getString("zipCode")).isEqualTo("78244");
        assertThat(miss.getJsonObject("parameters").getString("apiToken")).isEqualTo("***");
        JsonObject stored = await(Addresses.CACHE_STORED, 1);
        assertThat(stored.getString("cacheKey")).isEqualTo(miss.getString("cacheKey"));
        assertThat(stored.getLong("costMicros")).isEqualTo(node.bill().costMicros());
        node.get(QUESTION);

        node.clock.advance(Duration.ofHours(2).plusMinutes(1));
        assertThat(node.get(QUESTION).header("X-Cache")).isEqualTo("STALE");
        JsonObject stale = await(Addresses.CACHE_SERVED_STALE, 1);
        assertThat(stale.getString("reason")).isEqualTo("stale-while-revalidate");
        assertThat(stale.getInteger("count")).isEqualTo(1);
        assertThat(stale.getString("staleSince")).isEqualTo(stored.getString("freshUntil"));
        assertThat(await(Addresses.CACHE_REFRESHED, 1).getBoolean("background")).isTrue();
        assertThat(heard.get(Addresses.CACHE_MISS)).as("neither the hit nor the refresh is a miss").hasSize(1);

        Node.Answer invalidated = node.post(
                "/admin/v1/cache/invalidate", "{\"endpoint\":\"market_stats\"}", "Content-Type", "application/json");
        assertThat(await(Addresses.CACHE_INVALIDATED, 1).getLong("seq"))
                .isEqualTo(invalidated.json().getLong("seq"));

        String value = KeyHash.newValue();
        ApiKey key = node.keys(keys -> keys.create(KeySpec.named("consumer"), value, node.clock.instant()));
        assertThat(await(Addresses.KEY_CHANGED, 1).getLong("keyId")).isEqualTo(key.id());
        node.keys(keys -> keys.revoke(key.id(), node.clock.instant()));
        assertThat(await(Addresses.KEY_REVOKED, 1).getLong("keyId")).isEqualTo(key.id());

        for (int limit = 1; node.bill().billed() < 5; limit++) {
            assertThat(node.get("/v1/properties?zipCode=78244&limit=" + limit).status()).isEqualTo(200);
        }
        Node.until("the last step is told", () -> heard.get(Addresses.BUDGET_STEP).stream()
                .anyMatch(step -> step.getInteger("percent") == 100));

        node.clock.advance(Duration.ofDays(31));
        node.sandbox().faults(Faults.parse(new JsonObject().put("status", 500)));
        for (int i = 0; i < 5; i++) {
            node.get("/v1/markets?zipCode=7826" + i);
        }
        assertThat(await(Addresses.UPSTREAM_STATE, 1).getString("state")).isEqualTo("open");
        heard.forEach((address, events) -> {
            assertThat(events).as(address).isNotEmpty();
            events.forEach(event -> assertFits(address, event));
            assertThat(events.toString()).doesNotContain(
                    Node.ADMIN, value, SandboxServer.API_KEY, "hush-hush");
        });
        assertEachIsKeptOnceAndFits();
    }

    private void assertEachIsKeptOnceAndFits() {
        List<JsonObject> kept = new ArrayList<>();
        Node.until("all are kept", () -> {
            kept.clear();
            node.get("/admin/v1/events?limit=1000", "Accept", "application/json").json().getJsonArray("items")
                    .forEach(item -> kept.add((JsonObject) item));
            return kept.stream().map(item -> item.getString("name")).distinct().count() == Event.ADDRESSES.size();
        });
        heard.forEach((address, events) -> {
            List<JsonObject> same = kept.stream().filter(item -> item.getString("name").equals(Event.name(address)))
                    .map(item -> item.getJsonObject("event")).toList();
            same.forEach(event -> assertFits(address, event));
            // The change of the node's own key was told before anybody listened.
            assertThat(same).as(address).hasSizeGreaterThanOrEqualTo(events.size());
            List<JsonObject> last = same.subList(same.size() - events.size(), same.size());
            for (int i = 0; i < events.size(); i++) {
                JsonObject told = events.get(i);
                // On a busy machine one may be told before it is kept.
                assertThat(told.copy().put("cursor", last.get(i).getString("cursor"))).isEqualTo(last.get(i));
                assertThat(told.getString("cursor")).isIn(null, last.get(i).getString("cursor"));
            }
        });
        JsonObject reset = node.get("/admin/v1/events?after=00000000-1", "Accept", "application/json").json()
                .getJsonArray("items").getJsonObject(0);
        assertThat(reset.getString("name")).isEqualTo("reset");
        assertFits(Event.PREFIX + "reset", reset.getJsonObject("event"));
    }

    /** What a schema does not name is a fault as well: it would be undocumented. */
    private static void assertFits(String address, JsonObject event) {
        try {
            JsonObject schema = new JsonObject(
                    Files.readString(Path.of("conf/events/" + Event.name(address) + ".json")));
            OutputUnit result = Validator.create(
                    JsonSchema.of(schema.put("additionalProperties", false)),
                    new JsonSchemaOptions().setBaseUri("https://rentcache.test").setDraft(Draft.DRAFT202012)
                            .setOutputFormat(OutputFormat.Basic)).validate(event);
            assertThat(result.getValid()).as(() -> event + ": " + result.toJson().encodePrettily()).isTrue();
        } catch (IOException missing) {
            throw new AssertionError(address + " has no schema", missing);
        }
    }
}

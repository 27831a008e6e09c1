package systems.supported.rentcache.analytics;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.cache.WireMessage;
import systems.supported.rentcache.cache.WireVersions;
import systems.supported.rentcache.catalog.CacheKey;

/** Gathered usage as a message between nodes, and back. Pure functions. */
public final class UsageWire {
    private static final Buffer NO_BODY = Buffer.buffer();

    private UsageWire() {
    }

    /** The message. */
    public static Buffer write(GatheredUsage usage, int version) {
        JsonArray sums = new JsonArray();
        usage.sums().forEach(sum -> sums.add(sum(sum)));
        JsonArray records = new JsonArray();
        usage.records().forEach(one -> records.add(one(one)));
        JsonObject hits = new JsonObject();
        usage.hits().forEach((key, count) -> hits.put(key.hex(), count));
        return new WireMessage(
                new JsonObject().put("sums", sums).put("records", records).put("hits", hits), NO_BODY).write(version);
    }

    private static JsonObject sum(Rollup sum) {
        JsonArray latencies = new JsonArray();
        for (int bucket = 0; bucket < Latencies.BUCKETS; bucket++) {
            latencies.add(sum.latencies().count(bucket));
        }
        return new JsonObject()
                .put("at", sum.slot().at())
                .put("keyId", sum.slot().keyId())
                .put("endpoint", sum.slot().endpoint())
                .put("result", sum.slot().result().name())
                .put("requests", sum.requests())
                .put("errors", sum.errors())
                .put("micros", sum.micros())
                .put("costMicros", sum.costMicros())
                .put("savedMicros", sum.savedMicros())
                .put("paidCalls", sum.paidCalls())
                .put("uncachedCalls", sum.uncachedCalls())
                .put("latencies", latencies);
    }

    private static JsonObject one(UsageRecord usage) {
        return new JsonObject()
                .put("millis", usage.millis())
                .put("keyId", usage.keyId())
                .put("endpoint", usage.endpoint())
                .put("method", usage.method())
                .put("status", usage.status())
                .put("micros", usage.micros())
                .put("result", usage.result().name())
                .put("tier", usage.tier())
                .put("reason", usage.reason())
                .put("costMicros", usage.costMicros())
                .put("savedMicros", usage.savedMicros())
                .put("paidCalls", usage.paidCalls())
                .put("uncachedCalls", usage.uncachedCalls())
                .put("key", usage.key() == null ? null : usage.key().hex())
                .put("userAgent", usage.detail().userAgent())
                .put("address", usage.detail().address())
                .put("weight", usage.detail().weight());
    }

    /**
     * Reads a message.
     *
     * @throws UnreadableMessageException when it is another version's, or has a result that is not known here
     */
    public static GatheredUsage read(Buffer bytes) throws UnreadableMessageException {
        JsonObject head = WireMessage.read(bytes, WireVersions.OWN).head();
        try {
            List<Rollup> sums = new ArrayList<>();
            head.getJsonArray("sums", new JsonArray()).forEach(sum -> sums.add(readSum((JsonObject) sum)));
            List<UsageRecord> records = new ArrayList<>();
            head.getJsonArray("records", new JsonArray()).forEach(one -> records.add(readOne((JsonObject) one)));
            Map<CacheKey, Integer> hits = new HashMap<>();
            JsonObject counts = head.getJsonObject("hits", new JsonObject());
            counts.fieldNames().forEach(key -> hits.put(CacheKey.parse(key), counts.getInteger(key)));
            return new GatheredUsage(List.copyOf(sums), List.copyOf(records), Map.copyOf(hits));
        } catch (ClassCastException | IllegalArgumentException | NullPointerException wrong) {
            throw new UnreadableMessageException("a member is of the wrong kind");
        }
    }

    private static Rollup readSum(JsonObject sum) {
        JsonArray latencies = sum.getJsonArray("latencies");
        return new Rollup(
                new Rollup.Slot(
                        sum.getLong("at"), sum.getLong("keyId"), sum.getString("endpoint"),
                        CacheResult.valueOf(sum.getString("result"))),
                sum.getLong("requests"), sum.getLong("errors"), sum.getLong("micros"), sum.getLong("costMicros"),
                sum.getLong("savedMicros"), sum.getLong("paidCalls"), sum.getLong("uncachedCalls"),
                Latencies.of(bucket -> latencies.getLong(bucket)));
    }

    private static UsageRecord readOne(JsonObject one) {
        String key = one.getString("key");
        return new UsageRecord(
                one.getLong("millis"), one.getLong("keyId"), one.getString("endpoint"), one.getString("method"),
                one.getInteger("status"), one.getInteger("micros"), CacheResult.valueOf(one.getString("result")),
                one.getString("tier"), one.getString("reason"), one.getLong("costMicros"), one.getLong("savedMicros"),
                one.getInteger("paidCalls"), one.getInteger("uncachedCalls"), key == null ? null : CacheKey.parse(key),
                new UsageRecord.Detail(one.getString("userAgent"), one.getString("address"), one.getLong("weight")));
    }
}

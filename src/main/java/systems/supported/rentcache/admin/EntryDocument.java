package systems.supported.rentcache.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.SqlTier;

/** Answers that are kept as they are shown. Pure. */
final class EntryDocument {
    private EntryDocument() {
    }

    /** One of many: what is known of it without its body. */
    static JsonObject of(EntryIndex.Found found, Instant now, long priceMicros) {
        String state = found.clearedAt() != null ? "cleared" : found.expiresAt().isAfter(now) ? "fresh" : "stale";
        return new JsonObject()
                .put("key", found.key())
                .put("state", state)
                .put("endpoint", found.endpoint())
                .put("target", found.target())
                .put("status", found.status())
                .put("fetchedAt", found.fetchedAt().toString())
                .put("expiresAt", found.expiresAt().toString())
                .put("clearedAt", text(found.clearedAt()))
                .put("hits", found.hits())
                .put("savedMicros", found.hits() * priceMicros)
                .put("lastHit", text(found.lastAccessed()))
                .put("bytes", found.bytes());
    }

    /** All of one. */
    static JsonObject of(SqlTier.Kept kept, boolean withBody, Instant now) {
        Entry entry = kept.answer().entry();
        Buffer gzip = kept.answer().gzip();
        JsonArray headers = new JsonArray();
        entry.headers().forEach(header -> headers.add(new JsonArray().add(header.name()).add(header.value())));
        JsonObject document = new JsonObject()
                .put("key", entry.key().hex())
                .put("state", state(kept, now))
                .put("endpoint", entry.endpoint())
                .put("target", entry.target())
                .put("question", content(Buffer.buffer(entry.question())))
                .put("status", entry.status())
                .put("ageSeconds", Freshness.currentAge(entry, now).toSeconds())
                .put("fetchedAt", entry.fetchedAt().toString())
                .put("expiresAt", entry.expiresAt().toString())
                .put("clearedAt", text(kept.invalidatedAt()))
                .put("hits", kept.hits())
                .put("lastHit", text(kept.lastAccessed()))
                .put("bytes", kept.answer().body().length())
                .put("compressedBytes", gzip == null ? null : gzip.length())
                .put("etag", entry.etag())
                .put("upstreamEtag", entry.validators().etag())
                .put("lastModified", entry.validators().lastModified())
                .put("headers", headers);
        return withBody ? document.put("body", content(kept.answer().body())) : document;
    }

    private static String state(SqlTier.Kept kept, Instant now) {
        if (kept.invalidatedAt() != null) {
            return "cleared";
        }
        return Freshness.isFresh(kept.answer().entry(), now) ? "fresh" : "stale";
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }

    /** JSON as what it says, anything else as a text. */
    private static Object content(Buffer bytes) {
        try {
            return Json.decodeValue(bytes);
        } catch (DecodeException notJson) {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Settings;

/** Shows one kept answer. */
@Command(name = "show", description = "Show one answer that is kept, or was until it was cleared.")
final class CacheShowCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "KEY", description = "The answer's key: 64 hexadecimal digits.")
    private CacheKey key;

    @Option(names = "--body", description = "Print the body alone; with --json, within the document.")
    private boolean body;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CacheShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    /** Reads a key as written on the command line. */
    static CacheKey key(String text) {
        try {
            return CacheKey.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a key, which is 64 hexadecimal digits");
        }
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        Instant now = root.surroundings().clock().instant();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            SqlTier.Kept kept = database.await(database.answers().inspect(key)).orElseThrow(
                    () -> new CommandFailure("There is no answer " + key.hex() + " in " + database.place() + "."));
            if (json) {
                root.out().println(json(kept, now).encodePrettily());
            } else if (body) {
                root.out().println(kept.answer().body().toString(StandardCharsets.UTF_8));
            } else {
                fields(kept, now, settings.limiting().zone()).print(root.out());
            }
        }
        return 0;
    }

    private static String state(SqlTier.Kept kept, Instant now) {
        if (kept.invalidatedAt() != null) {
            return "cleared";
        }
        return Freshness.isFresh(kept.answer().entry(), now) ? "fresh" : "stale";
    }

    private static Fields fields(SqlTier.Kept kept, Instant now, ZoneId zone) {
        Entry entry = kept.answer().entry();
        Duration left = Freshness.freshFor(entry, now);
        Fields fields = new Fields()
                .put("key", entry.key().hex())
                .put("state", state(kept, now) + (kept.invalidatedAt() == null
                        ? (left.isNegative() ? " for " : " for another ") + Text.about(left.abs())
                        : ", " + Text.moment(kept.invalidatedAt(), zone)))
                .put("endpoint", entry.endpoint())
                .put("target", entry.target())
                .put("question", entry.question())
                .put("status", entry.status())
                .put("age", Text.about(Freshness.currentAge(entry, now)))
                .put("fetched", Text.moment(entry.fetchedAt(), zone))
                .put("expires", Text.moment(entry.expiresAt(), zone))
                .put("hits", kept.hits())
                .put("last hit", Text.moment(kept.lastAccessed(), zone))
                .put("body", kept.answer().body().length() + " bytes" + (kept.answer().gzip() == null
                        ? ""
                        : ", compressed " + kept.answer().gzip().length()))
                .put("ETag", entry.etag())
                .put("Rentcast's ETag", or(entry.validators().etag()))
                .put("Last-Modified", or(entry.validators().lastModified()));
        entry.headers().forEach(header -> fields.put(header.name() + ":", header.value()));
        return fields;
    }

    private static String or(String text) {
        return text == null ? "none" : text;
    }

    private JsonObject json(SqlTier.Kept kept, Instant now) {
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
                .put("clearedAt", kept.invalidatedAt() == null ? null : kept.invalidatedAt().toString())
                .put("hits", kept.hits())
                .put("lastHit", kept.lastAccessed() == null ? null : kept.lastAccessed().toString())
                .put("bytes", kept.answer().body().length())
                .put("compressedBytes", gzip == null ? null : gzip.length())
                .put("etag", entry.etag())
                .put("upstreamEtag", entry.validators().etag())
                .put("lastModified", entry.validators().lastModified())
                .put("headers", headers);
        return body ? document.put("body", content(kept.answer().body())) : document;
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

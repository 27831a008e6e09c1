package systems.supported.rentcache.cli;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Settings;

/** Shows one kept answer. */
@Command(name = "show", description = "Show one answer that is kept, or was until it was cleared.")
final class CacheShowCommand implements Callable<Integer>, WorksOnServer {
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
        try (Operations operations = root.operations(settings)) {
            JsonObject kept = kept(operations);
            if (json) {
                root.out().println(kept.encodePrettily());
            } else if (body) {
                root.out().println(content(kept.getValue("body")));
            } else {
                fields(kept, settings.limiting().zone()).print(root.out());
            }
        }
        return 0;
    }

    private JsonObject kept(Operations operations) throws CommandFailure {
        try {
            return operations.call("showEntry", new JsonObject().put("key", key.hex()).put("body", body));
        } catch (CommandFailure failure) {
            throw failure.isNotFound()
                    ? new CommandFailure("There is no answer " + key.hex() + " in " + operations.place() + ".") : failure;
        }
    }

    private Fields fields(JsonObject kept, ZoneId zone) {
        Instant expires = Instant.parse(kept.getString("expiresAt"));
        Duration left = Duration.between(root.surroundings().clock().instant(), expires);
        Integer compressed = kept.getInteger("compressedBytes");
        Fields fields = new Fields()
                .put("key", key.hex())
                .put("state", kept.getString("state") + (kept.getString("clearedAt") == null
                        ? (left.isNegative() ? " for " : " for another ") + Text.about(left.abs())
                        : ", " + moment(kept, "clearedAt", zone)))
                .put("endpoint", kept.getString("endpoint"))
                .put("target", kept.getString("target"))
                .put("question", content(kept.getValue("question")))
                .put("status", kept.getInteger("status"))
                .put("age", Text.about(Duration.ofSeconds(kept.getLong("ageSeconds"))))
                .put("fetched", moment(kept, "fetchedAt", zone))
                .put("expires", moment(kept, "expiresAt", zone))
                .put("hits", kept.getLong("hits"))
                .put("last hit", moment(kept, "lastHit", zone))
                .put("body", kept.getLong("bytes") + " bytes" + (compressed == null
                        ? "" : ", compressed " + compressed))
                .put("ETag", kept.getString("etag"))
                .put("Rentcast's ETag", or(kept.getString("upstreamEtag")))
                .put("Last-Modified", or(kept.getString("lastModified")));
        kept.getJsonArray("headers").stream().map(JsonArray.class::cast)
                .forEach(header -> fields.put(header.getString(0) + ":", header.getString(1)));
        return fields;
    }

    private static String content(Object value) {
        return value instanceof String text ? text : Json.encode(value);
    }

    private static String moment(JsonObject kept, String member, ZoneId zone) {
        String text = kept.getString(member);
        return Text.moment(text == null ? null : Instant.parse(text), zone);
    }

    private static String or(String text) {
        return text == null ? "none" : text;
    }
}

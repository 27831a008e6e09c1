package systems.supported.rentcache.transfer;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.limits.Rate;

/** What a row's values must be besides their types, so that a server that reads them later does not stumble. */
final class RowCheck {
    private RowCheck() {
    }

    /**
     * Checks a row.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static void check(MovedTable table, Map<String, Object> row) {
        switch (table) {
            case API_KEYS -> key(row);
            case CACHE_ENTRIES -> answer(row);
            default -> result((String) row.get("cache_result"));
        }
    }

    private static void key(Map<String, Object> row) {
        digest("key_hash", (String) row.get("key_hash"));
        if (row.get("previous_hash") != null) {
            digest("previous_hash", (String) row.get("previous_hash"));
            if (row.get("previous_expires_at") == null) {
                throw new IllegalArgumentException("previous_expires_at is missing");
            }
        }
        Permission.parse((String) row.get("permissions"));
        if (row.get("global_rate") != null) {
            Rate.parse((String) row.get("global_rate"));
        }
        try {
            new JsonObject((String) row.get("endpoint_rates")).forEach(rate -> Rate.parse((String) rate.getValue()));
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException("endpoint_rates are no rates", wrong);
        }
    }

    private static void answer(Map<String, Object> row) {
        String key = (String) row.get("cache_key");
        if (!CacheKey.parse(key).hex().equals(key)) {
            throw new IllegalArgumentException("cache_key is not written in lower case");
        }
        try {
            new JsonArray((String) row.get("headers")).forEach(pair -> {
                String name = ((JsonArray) pair).getString(0);
                String value = ((JsonArray) pair).getString(1);
                if (name.isEmpty() || (name + value).chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                    throw new IllegalArgumentException("a header that cannot be sent");
                }
            });
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException("headers are no pairs of names and values", wrong);
        }
        String etag = (String) row.get("etag");
        if (!etag.matches("\"[!#-~]*\"")) {
            throw new IllegalArgumentException("etag is none");
        }
    }

    private static void result(String name) {
        try {
            CacheResult.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("cache_result is unknown: " + name, unknown);
        }
    }

    private static void digest(String name, String text) {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(name + " is not 64 lower-case hexadecimal digits");
        }
    }
}

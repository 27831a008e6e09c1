package systems.supported.rentcache.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import systems.supported.rentcache.limits.Rate;

/** The settings for single endpoints, merged over what the file says about endpoints. */
final class EndpointOverrides {

    private EndpointOverrides() {
    }

    /**
     * Merges.
     *
     * @param file   the file's section: endpoint name to its fields; left as it is
     * @param values the settings
     * @return the section with {@code ttl}, {@code limit} and {@code estimatedCost} replaced where they were given
     */
    static Map<String, Object> over(Map<String, Object> file, SettingValues values) {
        Map<String, Object> merged = new LinkedHashMap<>(file);
        for (SettingCatalog.EndpointSettings endpoint : SettingCatalog.ENDPOINTS) {
            Map<String, Object> fields = new LinkedHashMap<>();
            values.get(endpoint.ttl()).ifPresent(ttl -> fields.put("ttl", SettingTypes.seconds(ttl)));
            values.get(endpoint.limit()).map(Rate::toString).ifPresent(limit -> fields.put("limit", limit));
            values.get(endpoint.cost()).ifPresent(cost -> fields.put("estimatedCost", cost));
            if (!fields.isEmpty()) {
                String name = keyLike(endpoint.endpoint(), merged).orElse(endpoint.endpoint());
                merged.put(name, replaced(merged.get(name), fields));
            }
        }
        return Collections.unmodifiableMap(merged);
    }

    /** The fields over those of the file. What is no map is left for the catalog to refuse. */
    private static Object replaced(Object fromFile, Map<String, Object> fields) {
        if (fromFile != null && !(fromFile instanceof Map<?, ?>)) {
            return fromFile;
        }
        Map<String, Object> merged = new LinkedHashMap<>();
        if (fromFile instanceof Map<?, ?> map) {
            map.forEach((key, value) -> merged.put(String.valueOf(key), value));
        }
        fields.forEach((field, value) -> merged.put(keyLike(field, merged).orElse(field), value));
        return Collections.unmodifiableMap(merged);
    }

    /** The key as the file spells it: {@code estimated-cost} for {@code estimatedCost}. */
    private static Optional<String> keyLike(String name, Map<String, ?> map) {
        return map.keySet().stream().filter(key -> plain(key).equals(plain(name))).findFirst();
    }

    private static String plain(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }
}

package systems.supported.rentcache.transfer;

import java.util.LinkedHashMap;
import java.util.Map;

/** The original's endpoints, by path or by name, as the catalog names them. */
final class OriginalEndpoints {
    /** By how they begin; what is longer comes before what it begins with. */
    private static final Map<String, String> NAMES = names();

    private OriginalEndpoints() {
    }

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("properties/random", "properties_random");
        names.put("properties", "properties");
        names.put("property", "properties");
        names.put("estimates/value", "value_estimate");
        names.put("avm/value", "value_estimate");
        names.put("value_estimate", "value_estimate");
        names.put("estimates/rent", "rent_estimate");
        names.put("avm/rent", "rent_estimate");
        names.put("rent_estimate", "rent_estimate");
        names.put("listings/rental", "listings_rental");
        names.put("listings_rental", "listings_rental");
        names.put("listings", "listings_sale");
        names.put("markets", "market_stats");
        names.put("market_stats", "market_stats");
        names.put("comparables", "comparables");
        return names;
    }

    /** The catalog's name; null for what is no endpoint of the original's. */
    static String name(String original) {
        String plain = original.strip().replaceFirst("[?#].*", "").replaceFirst("^/*(api/)?(v1/)?", "");
        return NAMES.entrySet().stream()
                .filter(entry -> plain.matches(entry.getKey() + "([/_].*)?"))
                .map(Map.Entry::getValue)
                .findFirst().orElse(null);
    }
}

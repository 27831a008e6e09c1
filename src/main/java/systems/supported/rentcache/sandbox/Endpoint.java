package systems.supported.rentcache.sandbox;

import java.util.Locale;

/** What Rentcast offers, by the names that RentCache's catalog has for it. */
enum Endpoint {
    PROPERTIES, PROPERTIES_RANDOM, VALUE_ESTIMATE, RENT_ESTIMATE, LISTINGS_SALE, LISTINGS_RENTAL, MARKET_STATS;

    /** The catalog's name, such as {@code value_estimate}. */
    String catalogName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

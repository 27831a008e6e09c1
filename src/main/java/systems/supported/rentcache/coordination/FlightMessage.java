package systems.supported.rentcache.coordination;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;

/**
 * The news of a flight's end, as it goes to all nodes. It says nothing of why a call failed: PostgreSQL's messages are
 * short.
 *
 * @param key   the flight's
 * @param fence its number
 * @param phase what became of it
 */
record FlightMessage(CacheKey key, long fence, Phase phase) {
    /** The channel of both stores. */
    static final String CHANNEL = "rentcache_flights";

    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{64}) (\\d{1,18}) (STORED|FAILED|GONE)");

    /** What {@link #parse} reads. */
    String text() {
        return key.hex() + " " + fence + " " + phase;
    }

    /** Empty where it is none of ours. */
    static Optional<FlightMessage> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new FlightMessage(
                        CacheKey.parse(parts.group(1)), Long.parseLong(parts.group(2)), Phase.valueOf(parts.group(3))))
                : Optional.empty();
    }
}

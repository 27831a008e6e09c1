package systems.supported.rentcache.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be moved for itself. */
public enum Part {
    /** API keys. */
    KEYS,
    /** Kept answers. */
    CACHE,
    /** Usage: single records and hourly sums. */
    USAGE;

    /**
     * Reads a part's name.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Part parse(String name) {
        return Arrays.stream(values())
                .filter(part -> part.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name.strip() + "' is no part; allowed: "
                        + Arrays.stream(values()).map(Part::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

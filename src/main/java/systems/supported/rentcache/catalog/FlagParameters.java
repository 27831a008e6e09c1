package systems.supported.rentcache.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Takes the original's query flags out of a request's parameters. */
final class FlagParameters {
    private static final String FORCE_REFRESH = "force_refresh";
    private static final String TTL_OVERRIDE = "ttl_override";
    private static final long MOST_SECONDS = Duration.ofDays(365).toSeconds();

    private boolean forceRefresh;
    private Duration ttlOverride;

    /** Whether a parameter is a flag; a wrong one adds a violation. */
    boolean take(QueryParameter given, List<Violation> violations) {
        switch (given.name()) {
            case FORCE_REFRESH -> {
                switch (given.value().strip().toLowerCase(Locale.ROOT)) {
                    case "true", "1" -> forceRefresh = true;
                    case "false", "0", "" -> forceRefresh = false;
                    default -> violations.add(new Violation(FORCE_REFRESH, given.value(), "true or false"));
                }
            }
            case TTL_OVERRIDE -> {
                long seconds = seconds(given.value().strip());
                if (seconds < 1 || seconds > MOST_SECONDS) {
                    violations.add(new Violation(
                            TTL_OVERRIDE, given.value(), "a whole number of seconds from 1 to " + MOST_SECONDS));
                } else {
                    ttlOverride = Duration.ofSeconds(seconds);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    Flags flags() {
        return forceRefresh || ttlOverride != null ? new Flags(forceRefresh, ttlOverride) : Flags.NONE;
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }
}

package systems.supported.rentcache.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Names of settings: their one true spelling, and what somebody may have meant. */
final class SettingNames {

    private SettingNames() {
    }

    /** The name in capitals and underscores: {@code default-cache-ttl} becomes {@code DEFAULT_CACHE_TTL}. */
    static String canonical(String name) {
        return name.strip().replaceFirst("^-+", "").replaceAll("[-. ]", "_").toUpperCase(Locale.ROOT);
    }

    /** What to say of a name that is no setting's. */
    static String unknown(String name) {
        return meant(canonical(name))
                .map(meant -> "there is no such setting; did you mean " + meant + "?")
                .orElse("there is no such setting");
    }

    private static Optional<String> meant(String unknown) {
        return nearest(unknown, SettingCatalog.names())
                .or(() -> SettingCatalog.names().stream()
                        .filter(known -> unknown.endsWith("_" + known))
                        .max(Comparator.comparingInt(String::length)));
    }

    /** The known name that is nearest to an unknown one, if any is near enough to be meant. */
    static Optional<String> nearest(String unknown, Collection<String> known) {
        int farthest = Math.max(2, unknown.length() / 3);
        return known.stream()
                .filter(name -> distance(unknown, name) <= farthest)
                .min(Comparator.comparingInt((String name) -> distance(unknown, name)).thenComparing(name -> name));
    }

    /** Levenshtein's: how many characters must be put in, taken out or replaced. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] here = new int[to.length() + 1];
            here[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                here[column] = Math.min(replaced, 1 + Math.min(above[column], here[column - 1]));
            }
            above = here;
        }
        return above[to.length()];
    }
}

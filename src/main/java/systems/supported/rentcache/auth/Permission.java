package systems.supported.rentcache.auth;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a key may do. */
public enum Permission {
    /** Ask questions. */
    READ,
    /** Ask for what can cost money though an answer is there: {@code force_refresh}, {@code ttl_override}. */
    REFRESH,
    /** See and change the service itself. */
    ADMIN;

    /** The names that {@link #parse} reads. */
    public static final String ALLOWED = "read, refresh, admin (comma-separated; each includes those before it)";

    /** The permission's name in commands, answers and the store. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads comma-separated names; a permission includes those before it.
     *
     * @throws IllegalArgumentException when a name is unknown or there is none
     */
    public static Set<Permission> parse(String names) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (String name : names.split(",")) {
            Permission named = Arrays.stream(values())
                    .filter(permission -> permission.text().equalsIgnoreCase(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + name.strip() + "' is no permission; allowed: " + ALLOWED));
            permissions.addAll(EnumSet.range(READ, named));
        }
        return permissions;
    }

    /** The names of permissions, comma-separated. */
    public static String format(Set<Permission> permissions) {
        return permissions.stream().sorted().map(Permission::text).collect(Collectors.joining(","));
    }
}

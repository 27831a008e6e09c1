package systems.supported.rentcache.cli;

import java.util.Set;
import systems.supported.rentcache.auth.Permission;

/**
 * What a key may do, as written on the command line.
 *
 * @param set at least one permission
 */
record Permissions(Set<Permission> set) {
    /**
     * Reads comma-separated names.
     *
     * @throws IllegalArgumentException when one is unknown
     */
    static Permissions parse(String text) {
        return new Permissions(Permission.parse(text));
    }
}

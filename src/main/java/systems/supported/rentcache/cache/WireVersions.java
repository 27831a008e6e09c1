package systems.supported.rentcache.cache;

import java.util.OptionalInt;

/**
 * The versions of messages between nodes that a node reads and writes.
 *
 * @param oldest the oldest one, from 1
 * @param newest the newest one, at most 255
 */
public record WireVersions(int oldest, int newest) {
    /** Those of this program. */
    public static final WireVersions OWN = new WireVersions(1, 1);

    /** Whether a version is one of them. */
    boolean include(int version) {
        return version >= oldest && version <= newest;
    }

    /** The newest version that another node reads and writes, too; empty where there is none. */
    public OptionalInt agreedWith(WireVersions other) {
        int agreed = Math.min(newest, other.newest);
        return include(agreed) && other.include(agreed) ? OptionalInt.of(agreed) : OptionalInt.empty();
    }

    /** Both of them. */
    @Override
    public String toString() {
        return oldest == newest ? "version " + oldest : "versions " + oldest + " to " + newest;
    }
}

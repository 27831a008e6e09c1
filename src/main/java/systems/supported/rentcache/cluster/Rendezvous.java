package systems.supported.rentcache.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): each node has a score for each key, and a key prefers the node with
 * the highest. All nodes come to the same order without talking; when a node joins or leaves, only the keys move that
 * prefer it. Pure functions.
 */
final class Rendezvous {
    private Rendezvous() {
    }

    /** Nodes in the order in which a key prefers them; those of one name in the order in which they are given. */
    static <T> List<T> order(CacheKey key, List<T> nodes, Function<T, String> name) {
        return nodes.stream()
                .map(node -> new Scored<>(node, score(key, name.apply(node))))
                .sorted(Comparator.<Scored<T>>comparingLong(Scored::score).reversed())
                .map(Scored::node)
                .toList();
    }

    private record Scored<T>(T node, long score) {
    }

    private static long score(CacheKey key, String name) {
        return mixed(key.second() ^ mixed(seed(name)));
    }

    /** FNV-1a, of 64 bits. */
    private static long seed(String name) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
        }
        return hash;
    }

    /** The finish of SplitMix64: each bit of the result depends on each bit given. */
    private static long mixed(long bits) {
        long first = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        long second = (first ^ first >>> 27) * 0x94D049BB133111EBL;
        return second ^ second >>> 31;
    }
}

package systems.supported.rentcache.cluster;

/** The event bus's addresses of one node's parts, which the other nodes ask. Not for other programs. */
final class NodeAddress {
    /** Published: a {@link Presence}. */
    static final String PRESENCE = "rentcache.cluster.presence";

    private NodeAddress() {
    }

    static String lookup(String node) {
        return of(node, "lookup");
    }

    static String upstream(String node) {
        return of(node, "upstream");
    }

    static String outlook(String node) {
        return of(node, "outlook");
    }

    static String refresh(String node) {
        return of(node, "refresh");
    }

    static String usage(String node) {
        return of(node, "usage");
    }

    static String body(String node) {
        return of(node, "body");
    }

    private static String of(String node, String part) {
        return "rentcache.node." + node + "." + part;
    }
}

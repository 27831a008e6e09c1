package systems.supported.rentcache.http;

/** Addresses of peers without what tells one household from another. */
final class Addressing {
    private Addressing() {
    }

    /** An IPv4 address without its last byte, an IPv6 address without all but its first three groups. */
    static String anonymous(String address) {
        int dot = address.lastIndexOf('.');
        if (dot >= 0 && address.indexOf(':') < 0) {
            return address.substring(0, dot) + ".0";
        }
        String[] groups = address.split(":", -1);
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < Math.min(3, groups.length) && !groups[i].isEmpty(); i++) {
            kept.append(groups[i]).append(':');
        }
        return kept.isEmpty() ? "::" : kept.append(':').toString();
    }
}

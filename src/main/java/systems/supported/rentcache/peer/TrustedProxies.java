package systems.supported.rentcache.peer;

import java.util.List;
import java.util.Optional;

/**
 * Whose word is taken for the address of a consumer. The chain is gone from this server outward: who connected, then
 * whom that one says it passes on, as long as the one who says so is trusted. The first who is not is the consumer: what
 * stands left of it in the header, anybody may have written. Immutable; pure.
 *
 * @param blocks the addresses of the proxies
 * @param header where they say whom they pass on; only this one is looked at, for a proxy passes the other one on as it
 *               came
 */
public record TrustedProxies(List<AddressBlock> blocks, ProxyHeader header) {
    private static final String FOR = "for=";

    /** Copies the list. */
    public TrustedProxies {
        blocks = List.copyOf(blocks);
    }

    /** Whether nobody is trusted, and no header is of any interest. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Whether an address is one of the proxies'. */
    public boolean contains(PeerAddress address) {
        for (AddressBlock block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The consumer's address.
     *
     * @param peer  who connected
     * @param value all of the header's lines, joined with commas in their order; null where there is none
     * @return it; the last proxy's that is known, where that one does not say whom it passes on
     */
    public PeerAddress consumer(PeerAddress peer, String value) {
        PeerAddress last = peer;
        int end = value == null ? 0 : value.length();
        while (end > 0 && contains(last)) {
            int comma = header == ProxyHeader.FORWARDED ? lastUnquotedComma(value, end) : value.lastIndexOf(',', end - 1);
            Optional<PeerAddress> before = node(value.substring(comma + 1, end).strip());
            if (before.isEmpty()) {
                return last;
            }
            last = before.get();
            end = comma;
        }
        return last;
    }

    private Optional<PeerAddress> node(String element) {
        if (header == ProxyHeader.X_FORWARDED_FOR) {
            return address(element);
        }
        for (String pair : element.split(";")) {
            String parameter = pair.strip();
            if (parameter.regionMatches(true, 0, FOR, 0, FOR.length())) {
                return address(unquoted(parameter.substring(FOR.length())));
            }
        }
        return Optional.empty();
    }

    /** The comma before an element that ends there; one within quotes is a part of its value. */
    private static int lastUnquotedComma(String value, int end) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** The address of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1} or {@code [2001:db8::1]:80}. */
    private static Optional<PeerAddress> address(String node) {
        if (node.startsWith("[")) {
            int bracket = node.indexOf(']');
            return bracket < 0 || !isPort(node.substring(bracket + 1))
                    ? Optional.empty() : PeerAddress.parse(node.substring(1, bracket));
        }
        int colon = node.indexOf(':');
        boolean portFollows = colon >= 0 && colon == node.lastIndexOf(':') && isPort(node.substring(colon));
        return PeerAddress.parse(portFollows ? node.substring(0, colon) : node);
    }

    private static boolean isPort(String rest) {
        return rest.isEmpty() || rest.matches(":[0-9]{1,5}");
    }
}

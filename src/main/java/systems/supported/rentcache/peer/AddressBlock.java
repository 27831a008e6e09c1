package systems.supported.rentcache.peer;

import java.util.Optional;

/**
 * The addresses that begin alike, such as {@code 10.0.0.0/8} (RFC 4632 §3.1). Immutable.
 *
 * @param first  the first address, with zeros behind the prefix
 * @param prefix how many of its 128 bits all have in common; of IPv4 at least 96
 */
public record AddressBlock(PeerAddress first, int prefix) {
    private static final int BITS = 128;
    private static final int HALF = 64;
    private static final int IPV4_BITS = 32;

    /** What {@link #parse} takes. */
    public static final String ALLOWED = "IP addresses, and blocks of them such as 10.0.0.0/8 or fd00::/8, or none";

    /** Reads an address, or a block in CIDR notation; empty where the text is neither. */
    public static Optional<AddressBlock> parse(String text) {
        int slash = text.indexOf('/');
        Optional<PeerAddress> address = PeerAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty() || slash < 0) {
            return address.map(one -> new AddressBlock(one, BITS));
        }
        String digits = text.substring(slash + 1);
        int most = address.get().isV4() && text.indexOf(':') < 0 ? IPV4_BITS : BITS;
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > most) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(digits) + BITS - most;
        return Optional.of(new AddressBlock(masked(address.get(), prefix), prefix));
    }

    /** Whether an address is one of these. */
    public boolean contains(PeerAddress address) {
        return masked(address, prefix).equals(first);
    }

    private static PeerAddress masked(PeerAddress address, int prefix) {
        return new PeerAddress(
                address.high() & mask(Math.min(HALF, prefix)), address.low() & mask(Math.max(0, prefix - HALF)));
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << HALF - bits;
    }
}

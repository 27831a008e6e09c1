package systems.supported.rentcache.peer;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IP address in 128 bits: an IPv4 address as IPv6 maps it ({@code ::ffff:a.b.c.d}, RFC 4291 §2.5.5.2), so that a
 * consumer is the same one on both kinds of socket. Immutable.
 *
 * @param high the first 64 bits
 * @param low  the last 64 bits
 */
public record PeerAddress(long high, long low) {
    private static final long MAPPED = 0xffffL << 32;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    /** Reads an address as it is written, without a port; nothing is looked up. Empty where the text is none. */
    public static Optional<PeerAddress> parse(String text) {
        // The library takes brackets and zones, which mean something else where addresses are read here.
        if (text.isEmpty() || text.indexOf('[') >= 0 || text.indexOf('%') >= 0) {
            return Optional.empty();
        }
        return Optional.ofNullable(NetUtil.createByteArrayFromIpAddressString(text)).map(PeerAddress::of);
    }

    /**
     * The address of so many bytes.
     *
     * @param bytes 4 or 16 of them
     */
    public static PeerAddress of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == IPV4_BYTES
                ? new PeerAddress(0, MAPPED | Integer.toUnsignedLong(buffer.getInt()))
                : new PeerAddress(buffer.getLong(), buffer.getLong());
    }

    /** Whether this is an address of IPv4. */
    public boolean isV4() {
        return high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    /**
     * What stands for its holder where something is counted by address: the address itself, but of IPv6 the first 64
     * bits, for of the rest everybody has as many as he likes.
     */
    public PeerAddress holder() {
        return isV4() ? this : new PeerAddress(high, 0);
    }

    /** The address as it is written (RFC 5952). */
    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
        try {
            // Makes an Inet4Address of a mapped one.
            return NetUtil.toAddressString(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }
}

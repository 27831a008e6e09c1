package systems.supported.rentcache.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Finds a port that nobody listens on; somebody may by the time that it is used. */
final class FreePort {
    private FreePort() {
    }

    /**
     * The first free one of some.
     *
     * @param host  the address to listen on; empty for every one
     * @param first the first to try; 0 for any
     * @param count how many to try
     */
    static OptionalInt of(Optional<String> host, int first, int count) {
        return first == 0 ? OptionalInt.of(0)
                : IntStream.range(first, Math.min(first + count, 65_536)).filter(port -> isFree(host, port)).findFirst();
    }

    private static boolean isFree(Optional<String> host, int port) {
        try (ServerSocket probe = new ServerSocket(
                port, 1, host.isPresent() ? InetAddress.getByName(host.get()) : null)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}

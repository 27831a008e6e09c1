package systems.supported.rentcache.cli;

import java.util.Set;
import systems.supported.rentcache.config.Settings;

/** Where a server of this machine is reached from it. */
final class LocalUrl {
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    private LocalUrl() {
    }

    /**
     * The URL, without a slash at its end.
     *
     * @param host the address that is listened on
     * @param port the port
     */
    static String of(String host, int port) {
        if (EVERY_ADDRESS.contains(host)) {
            return "http://localhost:" + port;
        }
        boolean bare = host.contains(":") && !host.startsWith("[");
        return "http://" + (bare ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL under which a server with these settings is administered. */
    static String ofAdministration(Settings.Server server) {
        return server.adminPort().map(port -> of(server.adminHost(), port))
                .orElseGet(() -> of(server.host(), server.port()));
    }
}

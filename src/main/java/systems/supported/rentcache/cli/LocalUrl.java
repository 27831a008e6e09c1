package systems.supported.rentcache.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.Set;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.tls.OwnCertificate;

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

    /** The URL of a server with these settings. */
    static String of(Settings settings) {
        return of(settings, settings.server().host(), settings.server().port());
    }

    /** The same, of an address and port of the server's. */
    static String of(Settings settings, String host, int port) {
        return settings.inbound().tls().isPresent() ? of(host, port).replaceFirst("^http:", "https:") : of(host, port);
    }

    /** The URL under which a server with these settings is administered. */
    static String ofAdministration(Settings settings) {
        return settings.server().adminPort().map(port -> of(settings, settings.server().adminHost(), port))
                .orElseGet(() -> of(settings));
    }

    /**
     * A client for the server of these settings, which is trusted by its own certificate: that is made for another name
     * than this machine calls it by.
     *
     * @throws CommandFailure where the certificate cannot be read
     */
    static HttpClient.Builder client(Settings settings) throws CommandFailure {
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (settings.inbound().tls().isPresent()) {
            try {
                client.sslContext(OwnCertificate.context(settings.inbound().tls().get().certificate()));
            } catch (IOException unreadable) {
                throw new CommandFailure(
                        "TLS_CERT, by which the server is known here, cannot be read: " + unreadable.getMessage()
                                + ". Run the command as a user who may read it, or name the server's URL.");
            }
        }
        return client;
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import systems.supported.rentcache.tls.ServerKeys;

/** How far a port secures its connections, and what HTTP/2 may ask of it where that is spoken. */
final class Security {
    private static final int HANDSHAKE_SECONDS = 10;
    /** What a browser or a client library opens at the most, and what RFC 9113 §6.5.2 wants at the least. */
    private static final int STREAMS_PER_CONNECTION = 100;
    /** Streams that a client may open and take back on a connection, against those who do nothing else. */
    private static final int RESETS = 200;
    private static final int RESETS_SECONDS = 30;

    private Security() {
    }

    /** The options of a port. */
    static HttpServerOptions of(ServingParts parts) {
        // Without TLS there is nobody to agree on HTTP/2 with, and a silent connection is seen from its start.
        HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        parts.keys().ifPresent(keys -> secure(options, keys, parts.settings().server().maxHeaderBytes()));
        return options;
    }

    private static void secure(HttpServerOptions options, ServerKeys keys, int maxHeaderBytes) {
        options.setSsl(true)
                .setKeyCertOptions(KeyCertOptions.wrap(keys))
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                // Frames that go on with headers (CONTINUATION) are bounded by it, too.
                .setInitialSettings(new Http2Settings()
                        .setMaxHeaderListSize(maxHeaderBytes)
                        .setMaxConcurrentStreams(STREAMS_PER_CONNECTION))
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS)
                .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }
}

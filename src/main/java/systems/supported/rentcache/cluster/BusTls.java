package systems.supported.rentcache.cluster;

import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import systems.supported.rentcache.config.Settings;

/** TLS between nodes on the event bus: each proves by its certificate that it belongs to the cluster. */
final class BusTls {
    private BusTls() {
    }

    static void over(EventBusOptions options, Settings.BusTls tls) {
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.key().toString()))
                .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority().toString()));
    }
}

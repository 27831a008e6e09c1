package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Function;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.http.AdminApi;
import systems.supported.rentcache.http.ControlVerticle;
import systems.supported.rentcache.live.BridgeVerticle;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.webhooks.WebhookVerticle;

/**
 * What other programs hear events by and call over the event bus, as far as the settings switch it on. Confined to the
 * thread that starts the node.
 */
final class ListeningParts {
    private final Settings settings;
    private final Authenticator authenticator;
    private final Metrics metrics;
    private final Function<VerticleBase, Future<Void>> deploy;
    private final Function<Settings.Webhooks, WebhookVerticle> deliveries;
    private BridgeVerticle bridge;
    private WebhookVerticle webhooks;

    /**
     * Parts that are not there yet.
     *
     * @param deliveries makes what delivers to webhooks
     * @param deploy deploys a verticle, and has it stop with the node
     */
    ListeningParts(
            Settings settings,
            Authenticator authenticator,
            Metrics metrics,
            Function<Settings.Webhooks, WebhookVerticle> deliveries,
            Function<VerticleBase, Future<Void>> deploy) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.metrics = metrics;
        this.deliveries = deliveries;
        this.deploy = deploy;
        metrics.gauge("rentcache.bridge.clients", "Clients of the event bus bridge that are connected",
                () -> bridge == null ? 0 : bridge.clients());
        metrics.gauge("rentcache.webhook.lag.seconds", "For how long the oldest event for a webhook waits",
                () -> webhooks == null ? 0 : webhooks.lagSeconds());
    }

    /** Deploys them. */
    Future<Void> start(Future<AdminApi> admin) {
        return control(admin).compose(done -> bridge()).compose(done -> webhooks());
    }

    private Future<Void> control(Future<AdminApi> admin) {
        return settings.listening().busControl()
                ? deploy.apply(new ControlVerticle(admin, authenticator, metrics)) : Future.succeededFuture();
    }

    private Future<Void> bridge() {
        Settings.Bridge options = settings.listening().bridge();
        if (options.port().isEmpty()) {
            return Future.succeededFuture();
        }
        bridge = new BridgeVerticle(options, authenticator, metrics);
        return deploy.apply(bridge).recover(failure -> Future.failedFuture(
                RentCacheApp.notListening(options.host(), options.port().get(), "BRIDGE_PORT", failure)));
    }

    private Future<Void> webhooks() {
        Settings.Webhooks options = settings.listening().webhooks();
        if (options.secret().isEmpty()) {
            return Future.succeededFuture();
        }
        webhooks = deliveries.apply(options);
        return deploy.apply(webhooks);
    }

    /** The port of the bridge; only where there is one. */
    int bridgePort() {
        return bridge.actualPort();
    }
}

package systems.supported.rentcache.app;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.UpstreamKey;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.upstream.UpstreamOptions;

/** Whom a node asks: Rentcast, what the settings name in its place, or the sandbox. */
public final class UpstreamInForce {
    private static final URI RENTCAST = URI.create("https://api.rentcast.io/v1");
    private static final String SANDBOX_ORIGIN = "sandbox";
    private static final Duration LOOKUP_MARGIN = Duration.ofSeconds(2);

    private UpstreamInForce() {
    }

    /**
     * What tells the answers of the upstream of the settings from Rentcast's own, for both may have been kept in one
     * database; null where it is Rentcast itself.
     */
    public static String origin(Settings settings) {
        if (settings.sandbox().enabled()) {
            return SANDBOX_ORIGIN;
        }
        return settings.upstream().url().equals(RENTCAST) ? null : settings.upstream().url().toASCIIString();
    }

    /**
     * How it is asked.
     *
     * @param sandbox the sandbox that is asked in Rentcast's place; null where none is
     */
    static UpstreamOptions options(Settings settings, SandboxServer sandbox) {
        Settings.Upstream upstream = settings.upstream();
        boolean shared = sandbox != null || upstream.keyMode() == UpstreamKey.SHARED;
        List<ConsumerKey> paying = sandbox != null
                ? List.of(new ConsumerKey(SandboxServer.API_KEY))
                : upstream.apiKeys().stream().map(key -> new ConsumerKey(key.reveal())).toList();
        return new UpstreamOptions(
                sandbox != null ? URI.create("http://127.0.0.1:" + sandbox.port() + "/v1") : upstream.url(),
                shared ? paying : List.of(),
                upstream.timeout(),
                upstream.maxRetries(),
                upstream.maxConnections(),
                upstream.maxIdleConnections(),
                upstream.rateLimit(),
                upstream.queue(),
                upstream.maxCachedBodyBytes(),
                upstream.pricePerCallMicros());
    }

    /** Reads requests as questions to it. */
    static QuestionReader questions(Settings settings, Catalog catalog) {
        return new QuestionReader(catalog, settings.caching().unknownParameters(), origin(settings));
    }

    /** How long a look-up may take that has to ask it. */
    static Duration lookupTimeout(UpstreamOptions options) {
        return options.longest().plus(LOOKUP_MARGIN);
    }
}

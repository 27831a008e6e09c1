package systems.supported.rentcache.http;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import systems.supported.rentcache.analytics.AnswerTallies;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.UpstreamKey;
import systems.supported.rentcache.coordination.SharedLimits;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.live.LiveFeed;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.tls.ServerKeys;

/**
 * What all event loops serve with, together: every part is thread-safe.
 *
 * @param settings      the settings in force
 * @param lookupTimeout how long a look-up behind the near tier may take
 * @param origin        names the upstream where it is not Rentcast itself, so that answers of the two are never taken
 *                      for each other; null where it is
 * @param catalog       the endpoints
 * @param authenticator tells whose keys are presented
 * @param sharedLimits  the limits that nodes hold together; null where this process keeps them alone
 * @param near          the near tier
 * @param clock         the time of all decisions
 * @param metrics       the process's counters
 * @param answers       the counts of answers; null where nothing is measured
 * @param health        the process's health
 * @param admin         the admin API, once its contract is read
 * @param explanations  tell what would become of a request
 * @param keys          the server's certificate and private key; empty where it speaks HTTP in the clear
 * @param live          what happens, for those who watch
 * @param events        publishes what other programs may want to hear of
 * @param kept          reads the events that are kept
 * @param streamPlaces  how many may follow those
 */
public record ServingParts(
        Settings settings,
        Duration lookupTimeout,
        String origin,
        Catalog catalog,
        Authenticator authenticator,
        SharedLimits sharedLimits,
        NearCache near,
        InstantSource clock,
        Metrics metrics,
        AnswerTallies answers,
        HealthReport health,
        Future<AdminApi> admin,
        Explanations explanations,
        Optional<ServerKeys> keys,
        LiveFeed live,
        EventPublisher events,
        OutboxReader kept,
        StreamPlaces streamPlaces) {

    /** Whether the account of the settings pays upstream, and not each consumer's own key. */
    static boolean accountPays(Settings settings) {
        return settings.upstream().keyMode() != UpstreamKey.CONSUMER || settings.sandbox().enabled();
    }

    /** Whether each consumer's own key pays upstream. */
    boolean consumerPays() {
        return !accountPays(settings);
    }

    /** Whether each consumer has answers of its own, which others are not given. */
    boolean keepsAccountsApart() {
        return consumerPays() && !settings.upstream().shareAcrossAccounts();
    }
}

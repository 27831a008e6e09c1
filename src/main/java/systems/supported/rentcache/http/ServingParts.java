package systems.supported.rentcache.http;

import java.time.InstantSource;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.ops.HealthReport;
import systems.supported.rentcache.ops.Metrics;

/**
 * What all event loops serve with, together: every part is thread-safe.
 *
 * @param options       how requests are served
 * @param authenticator tells whose keys are presented
 * @param interpreter   makes questions of targets
 * @param near          the near tier
 * @param clock         the time of all decisions
 * @param metrics       the process's counters
 * @param health        the process's health
 */
record ServingParts(
        ServingOptions options,
        Authenticator authenticator,
        Interpreter interpreter,
        NearCache near,
        InstantSource clock,
        Metrics metrics,
        HealthReport health) {
}

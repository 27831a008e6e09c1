package systems.supported.rentcache.tls;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.ops.PartHealth;

/**
 * Looks every few seconds whether the files of certificate and key hold something else, and has that served from then
 * on. Files that cannot be used, such as a new certificate whose key is not there yet, change nothing; that, and a
 * certificate near its end, is told by the health of the part. Reads on worker threads.
 */
public final class CertificateWatch extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
    private static final long INTERVAL_MILLIS = 2_000;
    /** Renewals come a month before the end, as a rule; one that is still not there by now has failed. */
    private static final Duration NEAR_ITS_END = Duration.ofDays(7);

    private final ServerKeys keys;
    private final InstantSource clock;
    private final PartHealth health;

    /** A watch over the files of keys that were read once. */
    public CertificateWatch(ServerKeys keys, InstantSource clock, PartHealth health) {
        this.keys = keys;
        this.clock = clock;
        this.health = health;
    }

    @Override
    public Future<?> start() {
        tellOfEnd();
        vertx.setPeriodic(INTERVAL_MILLIS, timer -> vertx.executeBlocking(() -> keys.refresh(clock.instant()))
                .onSuccess(this::refreshed)
                .onFailure(failure -> health.failed("files", failure)));
        return Future.succeededFuture();
    }

    private void refreshed(boolean changed) {
        health.worked("files");
        if (changed) {
            LOG.info("The certificate was read anew; it is good until {}.", keys.expiresAt());
        }
        tellOfEnd();
    }

    private void tellOfEnd() {
        Duration left = keys.timeLeft(clock.instant());
        if (left.compareTo(NEAR_ITS_END) >= 0) {
            health.worked("validity");
        } else {
            health.failed("validity", (left.isNegative() ? "expired at " : "expires at ") + keys.expiresAt()
                    + "; have it renewed");
        }
    }
}

package systems.supported.rentcache.outbox;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;

/**
 * A node's outbox: its writer, its reader, and the deletion of what was kept long enough. One instance for a process.
 */
public final class OutboxVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxVerticle.class);
    private static final Duration TRIM_EVERY = Duration.ofMinutes(1);

    private final Outbox outbox;
    private final Duration retention;
    private final InstantSource clock;
    private final OutboxSignal signal;
    private final OutboxWriter writer;
    private final OutboxReader reader;

    /** The outbox of a node in a database. */
    public OutboxVerticle(Vertx vertx, Database database, Metrics metrics, InstantSource clock) {
        this.outbox = new Outbox(database);
        this.retention = database.outbox().retention();
        this.clock = clock;
        this.signal = new OutboxSignal(vertx, database, outbox);
        this.writer = new OutboxWriter(vertx, database, signal, metrics);
        this.reader = new OutboxReader(vertx, database, signal, clock);
    }

    /** Keeps and tells events. */
    public OutboxWriter writer() {
        return writer;
    }

    /** Reads events. */
    public OutboxReader reader() {
        return reader;
    }

    @Override
    public Future<?> start() {
        writer.start();
        vertx.setPeriodic(1_000, TRIM_EVERY.toMillis(), timer -> trim());
        return outbox.isOn() ? signal.start() : Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return writer.stop().eventually(signal::stop);
    }

    /** A part at a time, so that others write in between. */
    private void trim() {
        outbox.trim(clock.instant().minus(retention))
                .onSuccess(more -> {
                    if (more) {
                        trim();
                    }
                })
                .onFailure(failure -> LOG.debug("Old events could not be deleted", failure));
    }
}

package systems.supported.rentcache.ops;

import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one part (a tier, the key store, the upstream) works, as its last uses showed. The log says once that it
 * failed and once that it is back, however many uses fail in between. Thread-safe.
 */
public final class PartHealth {
    private static final Logger LOG = LoggerFactory.getLogger(PartHealth.class);

    private final String part;
    private final String consequence;
    private final InstantSource clock;
    private State state;

    /**
     * How a part is.
     *
     * @param fault what is wrong with it, or null when it works
     * @param since since when
     */
    public record State(String fault, Instant since) {
        /** Whether the part works. */
        public boolean isUp() {
            return fault == null;
        }
    }

    /**
     * A part that is taken to work.
     *
     * @param part        the part's name in log and health answers
     * @param consequence what it means for the service when the part fails, for the log
     * @param clock       tells the time of changes
     */
    public PartHealth(String part, String consequence, InstantSource clock) {
        this.part = part;
        this.consequence = consequence;
        this.clock = clock;
        this.state = new State(null, clock.instant());
    }

    /** The part's name. */
    public String part() {
        return part;
    }

    /** A use of the part went well. */
    public void worked() {
        if (!state().isUp()) {
            change(null);
            LOG.info("{} works again.", part);
        }
    }

    /**
     * A use of the part failed.
     *
     * @param fault what went wrong, in one line
     */
    public void failed(String fault) {
        boolean wasUp = state().isUp();
        change(fault == null ? "unknown" : fault);
        if (wasUp) {
            LOG.warn("{} failed: {} {}", part, fault, consequence);
        }
    }

    /** How the part is. */
    public synchronized State state() {
        return state;
    }

    private synchronized void change(String fault) {
        boolean turned = (fault == null) != state.isUp();
        state = new State(fault, turned ? clock.instant() : state.since());
    }
}

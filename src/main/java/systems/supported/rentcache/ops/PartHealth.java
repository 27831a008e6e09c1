package systems.supported.rentcache.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one part (the database, the cache behind the near tier, the upstream) works, as its last uses showed. It is
 * used in several ways that may fare differently, such as reading and writing: it works where all of them do. The log
 * says once that it failed and once that it is back, however many uses fail in between. Thread-safe.
 */
public final class PartHealth {
    private static final Logger LOG = LoggerFactory.getLogger(PartHealth.class);

    private final String part;
    private final String consequence;
    private final Duration forgotten;
    private final InstantSource clock;
    private final Map<String, Fault> faults = new LinkedHashMap<>();
    private Instant since;
    /** The last fault that is held against the part no more, though nothing has worked since; null otherwise. */
    private String unproven;
    private volatile boolean settled = true;
    private volatile long seenMillis;

    /**
     * How a part is.
     *
     * @param fault what is wrong with it, or null when it works
     * @param doubt why that it works is not certain, or null
     * @param since since when it is so
     * @param seen  when it was last used
     */
    public record State(String fault, String doubt, Instant since, Instant seen) {
        /** Whether the part works. */
        public boolean isUp() {
            return fault == null;
        }

        /** The state in words. */
        public String text() {
            return fault != null ? fault : doubt != null ? doubt : "works";
        }
    }

    private record Fault(String text, Instant last) {
    }

    /**
     * A part that is taken to work.
     *
     * @param part        the part's name in log and health answers
     * @param consequence what it means for the service when the part fails, for the log
     * @param forgotten   after which time a kind of use that failed and was not tried again is held against it no more
     * @param clock       tells the time of changes
     */
    public PartHealth(String part, String consequence, Duration forgotten, InstantSource clock) {
        this.part = part;
        this.consequence = consequence;
        this.forgotten = forgotten;
        this.clock = clock;
        this.since = clock.instant();
        this.seenMillis = since.toEpochMilli();
    }

    /** The part's name. */
    public String part() {
        return part;
    }

    /**
     * A use of the part went well. Takes no lock while nothing is wrong.
     *
     * @param use the kind of use
     */
    public void worked(String use) {
        seenMillis = clock.millis();
        if (!settled) {
            mended(use);
        }
    }

    private synchronized void mended(String use) {
        unproven = null;
        if (faults.remove(use) != null && faults.isEmpty()) {
            since = clock.instant();
            LOG.info("{} works again.", part);
        }
        settled = faults.isEmpty();
    }

    /**
     * A use of the part failed.
     *
     * @param use     the kind of use
     * @param failure what went wrong
     */
    public void failed(String use, Throwable failure) {
        failed(use, failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    /**
     * A use of the part failed.
     *
     * @param use   the kind of use
     * @param fault what went wrong, in one line
     */
    public synchronized void failed(String use, String fault) {
        settled = false;
        unproven = null;
        seenMillis = clock.millis();
        boolean wasUp = faults.isEmpty();
        faults.put(use, new Fault(fault, clock.instant()));
        if (wasUp) {
            since = clock.instant();
            LOG.warn("{} failed ({}): {} {}", part, use, fault, consequence);
        }
    }

    /** The part was begun anew: what failed before says nothing of it. */
    public synchronized void renewed() {
        seenMillis = clock.millis();
        unproven = null;
        settled = true;
        if (!faults.isEmpty()) {
            faults.clear();
            since = clock.instant();
            LOG.info("{} works again.", part);
        }
    }

    /** How the part is. */
    public synchronized State state() {
        forget(clock.instant());
        return new State(
                faults.isEmpty() ? null : faults.values().iterator().next().text,
                unproven == null ? null : "not used again since this: " + unproven,
                since, Instant.ofEpochMilli(seenMillis));
    }

    private void forget(Instant now) {
        if (faults.isEmpty()) {
            return;
        }
        String last = faults.values().iterator().next().text;
        Instant oldest = now.minus(forgotten);
        if (faults.values().removeIf(fault -> fault.last.isBefore(oldest)) && faults.isEmpty()) {
            since = now;
            unproven = last;
            LOG.info("{} may work again: it was not used for {} s.", part, forgotten.toSeconds());
        }
    }
}

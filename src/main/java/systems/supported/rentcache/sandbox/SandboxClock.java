package systems.supported.rentcache.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** A clock that can be moved on by hand. Thread-safe. */
final class SandboxClock implements InstantSource {
    private final InstantSource base;
    private Duration ahead = Duration.ZERO;

    SandboxClock(InstantSource base) {
        this.base = base;
    }

    @Override
    public synchronized Instant instant() {
        return base.instant().plus(ahead);
    }

    /** The sandbox's day, see {@link Days}. */
    int day() {
        return (int) LocalDate.ofInstant(instant(), ZoneOffset.UTC).toEpochDay();
    }

    synchronized void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    synchronized void reset() {
        ahead = Duration.ZERO;
    }
}

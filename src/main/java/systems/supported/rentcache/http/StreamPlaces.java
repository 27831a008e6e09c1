package systems.supported.rentcache.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many streams of kept events may be open at a time in this process. Thread-safe. */
public final class StreamPlaces {
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    /** Places of which none is taken. */
    public StreamPlaces(int most) {
        this.most = most;
    }

    /** Takes a place; false where none is left. */
    boolean take() {
        return taken.getAndUpdate(now -> now < most ? now + 1 : now) < most;
    }

    void giveBack() {
        taken.decrementAndGet();
    }

    /** How many are taken. */
    public int taken() {
        return taken.get();
    }
}

package systems.supported.rentcache.coordination;

/**
 * What a store keeps of one key's flight, and the steps by which that changes. The stores do these steps in their own
 * languages, each at once; here they are said in one place, and run in the simulation and against the stores. Times are
 * milliseconds of the store's clock.
 *
 * @param fence   the number of the latest flight; 0 before the first
 * @param phase   what became of it
 * @param endsAt  until when that holds: a lease, or the memory of an outcome
 * @param failure what the owner said of a failure; else empty
 */
record FlightState(long fence, Phase phase, long endsAt, String failure) {
    /** No flight yet. */
    static final FlightState NONE = new FlightState(0, Phase.GONE, 0, "");

    /** What became of a flight. */
    enum Phase {
        /** It is open. */
        HELD,
        /** Its answer is kept. */
        STORED,
        /** Its call failed. */
        FAILED,
        /** Nothing: its owner gave up, its lease ended, or its outcome is forgotten. */
        GONE
    }

    /**
     * What a look shows.
     *
     * @param fence      the latest flight's
     * @param phase      what became of it
     * @param leftMillis how long that holds yet; 0 or less where it is gone
     * @param failure    what its owner said of a failure; else empty
     */
    record Sight(long fence, Phase phase, long leftMillis, String failure) {
        /** Whether one may take off who wants no outcome up to a fence. */
        boolean isFree(long after) {
            return switch (phase) {
                case HELD -> false;
                case STORED, FAILED -> fence <= after;
                case GONE -> true;
            };
        }

        /** What a passenger is told; null while the flight is open. */
        Outcome outcome() {
            return switch (phase) {
                case HELD -> null;
                case STORED -> new Outcome.Stored(fence);
                case FAILED -> new Outcome.Failed(fence, failure);
                case GONE -> new Outcome.Expired();
            };
        }
    }

    /** What can be seen at a time. */
    Sight at(long now) {
        return now < endsAt ? new Sight(fence, phase, endsAt - now, failure) : new Sight(fence, Phase.GONE, 0, "");
    }

    /**
     * A new flight takes off.
     *
     * @param after  outcomes up to this fence are not in the way
     * @param number a number that grows by itself, where the store has one; else 0
     * @return null where another one is open or has an outcome
     */
    FlightState take(long after, long number, long now, long lease) {
        return at(now).isFree(after)
                ? new FlightState(Math.max(fence + 1, number), Phase.HELD, now + lease, "") : null;
    }

    /** The owner lives; null where it has lost its lease to another. One that ended and was not taken goes on. */
    FlightState renew(long own, long now, long lease) {
        return isOpen(own) ? new FlightState(fence, phase, now + lease, "") : null;
    }

    /**
     * The flight ends.
     *
     * @param end        one of the phases but the first
     * @param remembered for how long those who board are told
     * @return null where the owner has lost its lease to another
     */
    FlightState land(long own, Phase end, String why, long now, long remembered) {
        return isOpen(own) ? new FlightState(fence, end, now + remembered, why) : null;
    }

    private boolean isOpen(long own) {
        return fence == own && phase == Phase.HELD;
    }
}

package systems.supported.rentcache.coordination;

import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;

/**
 * When a node's passengers look for an outcome whose message may be lost: after 100, 200, 400 … ms, and when the lease
 * may have ended. Times are milliseconds of the node's clock.
 *
 * @param fence  the flight's
 * @param pause  how long the present pause is, but for the lease's end
 * @param lookAt when it looks next
 */
record FlightWait(long fence, long pause, long lookAt) {
    /** What a message asks for. */
    enum Hearing {
        /** It is about a flight before, or none that matters. */
        NOTHING,
        /** The answer is kept. */
        STORED,
        /** There is no outcome, and none will come. */
        EXPIRED,
        /** The store knows more than the message says. */
        LOOK
    }

    /** The wait for an open flight. */
    static FlightWait begin(Sight open, long now, FlightTerms terms) {
        return pausing(open, terms.firstLook().toMillis(), now);
    }

    /** The flight was seen to be open yet, by its owner or by one that took over. */
    FlightWait goOn(Sight open, long now, FlightTerms terms) {
        return pausing(open, Math.min(pause * 2, terms.longestLook().toMillis()), now);
    }

    private static FlightWait pausing(Sight open, long pause, long now) {
        return new FlightWait(open.fence(), pause, now + Math.max(1, Math.min(pause, open.leftMillis() + 1)));
    }

    /** What to do when a message about the key comes. */
    Hearing hear(FlightMessage message) {
        if (message.fence() < fence || message.phase() == Phase.HELD) {
            return Hearing.NOTHING;
        }
        return switch (message.phase()) {
            case STORED -> Hearing.STORED;
            case FAILED -> Hearing.LOOK;
            default -> Hearing.EXPIRED;
        };
    }
}

package systems.supported.rentcache.coordination;

import io.vertx.core.Future;

/** What somebody who boards a flight is on it. */
public sealed interface Boarding {
    /**
     * This node makes the call. It looks in the shared tiers first if it has been a passenger of an {@link
     * Outcome.Expired} flight: the answer may be there, and only the news of it lost.
     *
     * @param flight is to be landed or abandoned, whatever comes of the call
     */
    record Owner(Flight flight) implements Boarding {
    }

    /**
     * Somebody else makes the call, on this node or on another.
     *
     * @param outcome what comes of it, within the passengers' patience; never fails
     */
    record Passenger(Future<Outcome> outcome) implements Boarding {
    }
}

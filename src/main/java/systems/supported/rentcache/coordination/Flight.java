package systems.supported.rentcache.coordination;

import io.vertx.core.Future;

/**
 * A call that this node makes for all who wait for it. It is open, and its lease is renewed, until it is landed or
 * abandoned; what is done with it after that does nothing. Thread-safe; the futures complete on any thread, never fail,
 * and need not be waited for.
 */
public sealed interface Flight permits LocalFlights.Alone, SharedFlights.Open {
    /** A number higher than that of every flight of the key before; 0 for a flight that other nodes know nothing of. */
    long fence();

    /**
     * Whether no other node can have taken the key over yet. Where it is false, the answer may be kept only if what is
     * there was fetched before this flight's call began.
     */
    boolean isHeld();

    /** The answer is in the shared tiers: tells the passengers, unless the lease was lost. */
    Future<Void> landStored();

    /**
     * The call failed: tells the passengers, and for a second all who board, unless the lease was lost.
     *
     * @param failure what they are told, a JSON text of a few kilobytes at most, without secrets
     */
    Future<Void> landFailed(String failure);

    /** There will be no outcome: passengers board again at once. */
    Future<Void> abandon();
}

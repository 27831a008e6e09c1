package systems.supported.rentcache.coordination;

/** What a passenger learns of its flight. */
public sealed interface Outcome {
    /**
     * The answer is in the shared tiers.
     *
     * @param fence the flight's
     */
    record Stored(long fence) implements Outcome {
    }

    /**
     * The call failed. The failure holds for the passengers and for those who board within a second.
     *
     * @param fence   the flight's
     * @param failure the text with which its owner landed it
     */
    record Failed(long fence, String failure) implements Outcome {
    }

    /**
     * Nothing is known: the owner vanished or gave up, the store went away, or the passenger's patience ended. Who
     * still wants the answer boards again.
     */
    record Expired() implements Outcome {
    }
}

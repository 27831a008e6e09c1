package systems.supported.rentcache.cache;

import systems.supported.rentcache.catalog.CacheKey;

/** Who makes a call upstream for a question at this moment; whoever asks it then shares that call. */
public enum CallUnderWay {
    /** Nobody, as far as is known. */
    NONE,
    /** This node makes it, or waits already for the one that makes it. */
    THIS_NODE,
    /** Another node makes it. */
    ANOTHER_NODE;

    /** Asks for it over the event bus. */
    public record Ask(CacheKey key) {
    }
}

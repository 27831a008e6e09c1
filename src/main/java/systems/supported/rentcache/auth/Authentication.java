package systems.supported.rentcache.auth;

/** What came of presenting a key. */
public sealed interface Authentication {
    /**
     * The key is good.
     *
     * @param caller whose it is
     */
    record Accepted(Caller caller) implements Authentication {
    }

    /** The key is unknown, revoked or expired; which of them is nobody's business who does not hold it. */
    record Rejected() implements Authentication {
    }

    /** The store cannot be asked, and the key was not seen before. */
    record Unavailable() implements Authentication {
    }
}

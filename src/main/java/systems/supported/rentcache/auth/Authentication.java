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

    /**
     * The key is not known here, and too many unknown ones came from its address: it was not looked for.
     *
     * @param retryAfterSeconds when the address may try again, at least 1
     */
    record Throttled(long retryAfterSeconds) implements Authentication {
    }

    /** The store cannot be asked, and the key was not seen before. */
    record Unavailable() implements Authentication {
    }
}

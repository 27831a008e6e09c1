package systems.supported.rentcache.storage;

/**
 * Redis did not do what it was asked to, with a message of one line without secrets. It has no stack trace: it tells of
 * a server, not of the program, and is made in numbers when Redis is away.
 */
public final class RedisException extends RuntimeException {
    private final boolean slow;

    RedisException(String message, boolean slow) {
        super(message, null, false, false);
        this.slow = slow;
    }

    /** Whether there was no answer in time, and so whether it was done is not known. */
    boolean isSlow() {
        return slow;
    }
}

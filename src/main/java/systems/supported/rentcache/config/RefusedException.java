package systems.supported.rentcache.config;

/**
 * A text is not a value of its type. The reason, where there is one, never repeats the text: that may be a secret.
 */
final class RefusedException extends Exception {

    /** Refuses for the one reason that the text is not what the type allows. */
    RefusedException() {
        this(null);
    }

    /**
     * Refuses for a reason of its own.
     *
     * @param reason a phrase to put before what is allowed, or null
     */
    RefusedException(String reason) {
        super(reason, null, false, false);
    }
}

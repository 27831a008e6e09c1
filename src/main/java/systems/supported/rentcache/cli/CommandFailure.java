package systems.supported.rentcache.cli;

/** A command could not do what it was asked to; the message says why and is fit to print as it is. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final int status;

    CommandFailure(String message) {
        this(message, 0);
    }

    /**
     * Of an operation that was refused.
     *
     * @param status the status of HTTP that says the same
     */
    CommandFailure(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Whether the command's words are at fault. */
    boolean isWrongUsage() {
        return status == BAD_REQUEST;
    }

    /** Whether what the command named is not there. */
    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}

package systems.supported.rentcache.app;

/** The node cannot start; the message says why and what to do, and is fit to print as it is. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}

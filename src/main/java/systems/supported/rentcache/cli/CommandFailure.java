package systems.supported.rentcache.cli;

/** A command could not do what it was asked to; the message says why and is fit to print as it is. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1;

    CommandFailure(String message) {
        super(message);
    }
}

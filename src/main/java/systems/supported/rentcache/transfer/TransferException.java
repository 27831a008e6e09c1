package systems.supported.rentcache.transfer;

/** A move that cannot go on; the message says why, what to do, and what was done already. */
public final class TransferException extends Exception {
    private static final long serialVersionUID = 1;

    TransferException(String message) {
        super(message);
    }
}

package systems.supported.rentcache.cache;

/** A message of another node that this one cannot read. */
public final class UnreadableMessageException extends Exception {
    private static final long serialVersionUID = 1;

    /** Says why. */
    public UnreadableMessageException(String why) {
        super("The message cannot be read: " + why + ".");
    }
}

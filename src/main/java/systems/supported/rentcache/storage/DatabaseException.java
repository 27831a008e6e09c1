package systems.supported.rentcache.storage;

/** A database that cannot be used, with a message for the operator that says why and what to do. */
public final class DatabaseException extends RuntimeException {
    private final boolean permanent;

    DatabaseException(String message, boolean permanent, Throwable cause) {
        super(message, cause);
        this.permanent = permanent;
    }

    /** Whether trying again later is pointless. */
    public boolean isPermanent() {
        return permanent;
    }
}

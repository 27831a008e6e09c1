package systems.supported.rentcache.auth;

/** A key cannot be made or changed so, because another one has its name or its value. */
public final class KeyConflict extends Exception {
    private static final long serialVersionUID = 1;

    KeyConflict(String message) {
        super(message);
    }
}

package systems.supported.rentcache.storage;

/**
 * What opening a database did to its schema.
 *
 * @param from the version before, or null for an empty database
 * @param to   the version after
 */
public record SchemaChange(String from, String to) {
    /** Whether anything was done. */
    public boolean isChange() {
        return !to.equals(from);
    }
}

package systems.supported.rentcache.cache;

/**
 * A consumer's own upstream key, on its way to the upstream: never kept, and never in a text.
 *
 * @param value the key
 */
public record ConsumerKey(String value) {
    /** Four stars. */
    @Override
    public String toString() {
        return "****";
    }
}

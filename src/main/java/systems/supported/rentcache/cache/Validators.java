package systems.supported.rentcache.cache;

/**
 * What the upstream gave to ask it again whether an answer changed (RFC 9110 §8.8).
 *
 * @param etag         the upstream's entity tag, or null
 * @param lastModified the upstream's {@code Last-Modified}, or null
 */
public record Validators(String etag, String lastModified) {
    /** None were given. */
    public static final Validators NONE = new Validators(null, null);

    /** Whether a conditional request is possible. */
    public boolean isPresent() {
        return etag != null || lastModified != null;
    }
}

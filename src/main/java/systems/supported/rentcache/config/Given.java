package systems.supported.rentcache.config;

/**
 * A setting's text as somebody gave it.
 *
 * @param text   the text; never blank
 * @param source which source gave it, such as {@code conf/rentcache.yaml}
 * @param place  where in the source, for messages, such as {@code conf/rentcache.yaml line 3}
 */
record Given(String text, String source, String place) {

    Given(String text, String source) {
        this(text, source, source);
    }

    /** The place only: the text may be a secret. */
    @Override
    public String toString() {
        return place;
    }
}

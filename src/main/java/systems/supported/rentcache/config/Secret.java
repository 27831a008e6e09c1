package systems.supported.rentcache.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A text that must not be seen: a key, or a URL that holds a password.
 *
 * <p>It prints as {@value #MASK} wherever it lands, in a log line, a record's {@code toString} or an exception; the
 * text itself comes out of {@link #reveal} only. Immutable.
 */
public final class Secret {

    /** What is shown in a secret's place. */
    public static final String MASK = "****";

    private final String text;

    /**
     * Wraps a text.
     *
     * @param text the secret itself
     */
    public Secret(String text) {
        this.text = Objects.requireNonNull(text, "text");
    }

    /** The secret itself: for the wire, never for a log. */
    public String reveal() {
        return text;
    }

    /** Compares in a time that does not depend on where the texts differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Always {@value #MASK}. */
    @Override
    public String toString() {
        return MASK;
    }
}

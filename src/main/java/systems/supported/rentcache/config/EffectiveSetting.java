package systems.supported.rentcache.config;

/**
 * One setting as it is in force, for people to read.
 *
 * @param name        the setting's name, such as {@code PORT}
 * @param value       its text as it was given, or the default's; empty when not set; secrets and passwords masked
 * @param source      where the value came from: {@code default}, {@code conf/rentcache.yaml}, {@code .env},
 *                    {@code environment}, {@code flag --port}
 * @param description what the setting does
 * @param allowed     which values it takes
 * @param secret      whether the value is masked as a whole
 */
public record EffectiveSetting(
        String name, String value, String source, String description, String allowed, boolean secret) {

    /** The {@link #source} of a value that nobody gave. */
    public static final String DEFAULT_SOURCE = "default";

    /** Whether somebody gave the value, directly or through a setting that it follows. */
    public boolean isGiven() {
        return !source.equals(DEFAULT_SOURCE);
    }
}

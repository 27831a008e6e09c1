package systems.supported.rentcache.cache;

/**
 * A header field of an answer, as the upstream sent it.
 *
 * @param name  the field's name
 * @param value the field's value
 */
public record Header(String name, String value) {
}

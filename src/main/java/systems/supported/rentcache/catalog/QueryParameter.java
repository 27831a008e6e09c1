package systems.supported.rentcache.catalog;

/**
 * A parameter as somebody sent it, decoded.
 *
 * @param name  its name; may be empty
 * @param value its value; empty where there was none
 */
public record QueryParameter(String name, String value) {
}

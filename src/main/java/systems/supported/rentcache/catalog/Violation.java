package systems.supported.rentcache.catalog;

/**
 * One thing that is wrong with a request's parameters.
 *
 * @param parameter the parameter's name; empty where the request as a whole is meant
 * @param given     its value as given; empty where it is missing
 * @param allowed   what would be right, as a phrase
 */
public record Violation(String parameter, String given, String allowed) {
}

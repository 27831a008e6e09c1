package systems.supported.rentcache.http;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import systems.supported.rentcache.catalog.QueryParameter;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.catalog.Violation;
import systems.supported.rentcache.http.Question.View;

/**
 * The original Python program's paths, in Rentcast's terms. The original's path and Rentcast's path for one question
 * share one entry, since both end as the same canonical request.
 */
final class OriginalPaths {
    /** The original's paths that are another one of Rentcast's, the answer being the same. */
    static final SortedMap<String, String> RENAMED = Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(
            "/estimates/value", "/avm/value",
            "/estimates/rent", "/avm/rent/long-term",
            "/listings/rental", "/listings/rental/long-term",
            "/markets/stats", "/markets")));
    private static final String TYPE = "type";
    private static final Predicate<QueryParameter> IS_TYPE = parameter -> parameter.name().equals(TYPE);

    private OriginalPaths() {
    }

    /**
     * A target in Rentcast's terms.
     *
     * @param path       Rentcast's path
     * @param parameters the parameters without what was meant for the original only
     * @param view       which part of the answer is wanted
     * @param endpoint   the catalog's name of the endpoint whose limits count; null for that of the path
     */
    record Target(String path, List<QueryParameter> parameters, View view, String endpoint) {
        static Target whole(String path, List<QueryParameter> parameters) {
            return new Target(path, parameters, View.WHOLE, null);
        }
    }

    /** The value of {@code type} is none of those that the path takes. */
    static final class UnknownTypeException extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Resolution.Refused refusal;

        private UnknownTypeException(String given, String first, String second) {
            super(null, null, false, false);
            refusal = new Resolution.Refused(
                    Resolution.Reason.INVALID_PARAMETER,
                    List.of(new Violation(TYPE, given, first + " or " + second)));
        }

        Resolution.Refused refusal() {
            return refusal;
        }
    }

    /** What follows {@code /api/v1} in Rentcast's terms. */
    static Target translate(String path, List<QueryParameter> parameters) throws UnknownTypeException {
        String renamed = RENAMED.get(path);
        if (renamed != null) {
            return Target.whole(renamed, parameters);
        }
        if (path.equals("/comparables")) {
            return new Target(
                    isSecond(parameters, "value", "rent") ? "/avm/rent/long-term" : "/avm/value",
                    withoutType(parameters), View.COMPARABLES, "comparables");
        }
        return isListing(path)
                ? Target.whole(
                        (isSecond(parameters, "sale", "rental") ? "/listings/rental/long-term" : "/listings/sale")
                                + path.substring("/listings".length()),
                        withoutType(parameters))
                : Target.whole(path, parameters);
    }

    /** Whether a path is {@code /listings/{id}}, which Rentcast does not have. */
    private static boolean isListing(String path) {
        String prefix = "/listings/";
        return path.startsWith(prefix)
                && path.length() > prefix.length()
                && path.indexOf('/', prefix.length()) < 0
                && !path.equals("/listings/sale");
    }

    /** Whether {@code type} is the second of two words; the first is meant where it is left out. */
    private static boolean isSecond(List<QueryParameter> parameters, String first, String second)
            throws UnknownTypeException {
        String type = parameters.stream().filter(IS_TYPE).map(QueryParameter::value).findFirst().orElse(first);
        if (!type.equals(first) && !type.equals(second)) {
            throw new UnknownTypeException(type, first, second);
        }
        return type.equals(second);
    }

    private static List<QueryParameter> withoutType(List<QueryParameter> parameters) {
        return parameters.stream().filter(IS_TYPE.negate()).toList();
    }
}

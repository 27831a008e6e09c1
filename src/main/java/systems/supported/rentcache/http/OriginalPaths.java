package systems.supported.rentcache.http;

import java.util.List;
import java.util.StringJoiner;
import systems.supported.rentcache.http.Question.View;

/**
 * The original Python program's paths, in Rentcast's terms. The original's path and Rentcast's path for one question
 * share one entry, since both end as the same canonical request.
 */
final class OriginalPaths {
    private static final String TYPE = "type";

    private OriginalPaths() {
    }

    /**
     * A target in Rentcast's terms.
     *
     * @param path     Rentcast's path
     * @param query    the query without what was meant for the original only; null for none
     * @param view     which part of the answer is wanted
     * @param endpoint the catalog's name of the endpoint whose limits count; null for that of the path
     */
    record Target(String path, String query, View view, String endpoint) {
        static Target whole(String path, String query) {
            return new Target(path, query, View.WHOLE, null);
        }
    }

    /** What follows {@code /api/v1} in Rentcast's terms. */
    static Target translate(String path, String query) {
        return switch (path) {
            case "/estimates/value" -> Target.whole("/avm/value", query);
            case "/estimates/rent" -> Target.whole("/avm/rent/long-term", query);
            case "/listings/rental" -> Target.whole("/listings/rental/long-term", query);
            case "/markets/stats" -> Target.whole("/markets", query);
            case "/comparables" -> new Target(
                    type(query).startsWith("rent") ? "/avm/rent/long-term" : "/avm/value", withoutType(query),
                    View.COMPARABLES, "comparables");
            default -> isListing(path)
                    ? Target.whole(
                            (type(query).equals("rental") ? "/listings/rental/long-term" : "/listings/sale")
                                    + path.substring("/listings".length()),
                            withoutType(query))
                    : Target.whole(path, query);
        };
    }

    /** Whether a path is {@code /listings/{id}}, which Rentcast does not have. */
    private static boolean isListing(String path) {
        String prefix = "/listings/";
        return path.startsWith(prefix)
                && path.length() > prefix.length()
                && path.indexOf('/', prefix.length()) < 0
                && !path.equals("/listings/sale");
    }

    private static String type(String query) {
        for (String parameter : parameters(query)) {
            if (parameter.startsWith(TYPE + "=")) {
                return parameter.substring(TYPE.length() + 1);
            }
        }
        return "";
    }

    private static String withoutType(String query) {
        StringJoiner rest = new StringJoiner("&");
        for (String parameter : parameters(query)) {
            if (!parameter.equals(TYPE) && !parameter.startsWith(TYPE + "=")) {
                rest.add(parameter);
            }
        }
        return rest.toString();
    }

    private static List<String> parameters(String query) {
        return query == null || query.isEmpty() ? List.of() : List.of(query.split("&", 256));
    }
}

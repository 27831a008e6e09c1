package systems.supported.rentcache.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One path of an endpoint, with the parameters that it takes.
 *
 * @param template   the path as written in the catalog, such as {@code /properties/{id}}
 * @param segments   its segments; one in braces stands for any single segment and names it
 * @param endpoint   the endpoint that it belongs to
 * @param parameters its parameters by name
 * @param oneOf      groups of parameters, one of which must be there whole; empty for no such rule
 */
record Route(
        String template,
        List<String> segments,
        Endpoint endpoint,
        Map<String, Parameter> parameters,
        List<List<String>> oneOf) {

    static Route of(
            String template, Endpoint endpoint, Map<String, Parameter> parameters, List<List<String>> oneOf) {
        return new Route(template, List.of(template.substring(1).split("/", -1)), endpoint, parameters, oneOf);
    }

    /** How many segments stand for themselves: of two routes that fit, the one with more of them is meant. */
    int literals() {
        return (int) segments.stream().filter(segment -> !isVariable(segment)).count();
    }

    /** The decoded segments' values by name; null where the path is another one's. */
    SortedMap<String, String> match(List<String> decoded) {
        if (decoded.size() != segments.size()) {
            return null;
        }
        SortedMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (isVariable(segment) && !decoded.get(i).isEmpty()) {
                values.put(segment.substring(1, segment.length() - 1), decoded.get(i));
            } else if (!segment.equals(decoded.get(i))) {
                return null;
            }
        }
        return values;
    }

    /** The path to send upstream. */
    String path(Map<String, String> values) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(isVariable(segment)
                    ? QueryString.encode(values.get(segment.substring(1, segment.length() - 1))) : segment);
        }
        return path.toString();
    }

    /** Whether one of the {@link #oneOf} groups is there. */
    boolean isComplete(Collection<String> given) {
        return oneOf.isEmpty() || oneOf.stream().anyMatch(given::containsAll);
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }
}

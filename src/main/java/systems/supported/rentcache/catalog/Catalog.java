package systems.supported.rentcache.catalog;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import systems.supported.rentcache.catalog.Resolution.Reason;
import systems.supported.rentcache.config.UnknownParameters;

/**
 * The upstream's endpoints, and what a request asks of them. Immutable; every method is a pure function.
 */
public final class Catalog {
    private static final int MOST_PARAMETERS = 100;

    private final List<Endpoint> endpoints;
    private final List<Route> routes;

    /**
     * A catalog.
     *
     * @param endpoints the endpoints, each at the index that is its ordinal
     * @param routes    their paths
     */
    Catalog(List<Endpoint> endpoints, List<Route> routes) {
        this.endpoints = List.copyOf(endpoints);
        this.routes = routes.stream().sorted(Comparator.comparingInt(Route::literals).reversed()).toList();
    }

    /** Every endpoint, in the order of their ordinals. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** Every path with its parameters, in the alphabet's order. */
    public List<DescribedPath> paths() {
        return routes.stream().map(DescribedPath::of).sorted(Comparator.comparing(DescribedPath::template)).toList();
    }

    /** The endpoint of a name. */
    public Optional<Endpoint> endpoint(String name) {
        return endpoints.stream().filter(endpoint -> endpoint.name().equals(name)).findFirst();
    }

    /**
     * What a target asks.
     *
     * @param path    Rentcast's path below {@code /v1}, percent-encoded
     * @param query   the query without its question mark, or null
     * @param unknown what becomes of parameters that are not in the catalog
     */
    public Resolution resolve(String path, String query, UnknownParameters unknown) {
        try {
            return resolve(path, QueryString.parse(query, MOST_PARAMETERS), unknown);
        } catch (QueryString.MalformedException e) {
            return malformed("the query", e.getMessage());
        } catch (QueryString.TooManyException e) {
            return new Resolution.Refused(Reason.TOO_MANY_PARAMETERS, List.of(new Violation(
                    "", "more than " + MOST_PARAMETERS + " parameters", "at most " + MOST_PARAMETERS)));
        }
    }

    /** The parameters of a query, in its order; empty where they cannot be decoded or are too many. */
    public static Optional<List<QueryParameter>> parameters(String query) {
        try {
            return Optional.of(QueryString.parse(query, MOST_PARAMETERS));
        } catch (QueryString.MalformedException | QueryString.TooManyException e) {
            return Optional.empty();
        }
    }

    /**
     * What decoded parameters ask.
     *
     * @param path    as in {@link #resolve(String, String, UnknownParameters)}
     * @param given   the parameters in the order in which they were sent
     * @param unknown as there
     */
    public Resolution resolve(String path, List<QueryParameter> given, UnknownParameters unknown) {
        List<String> segments = new ArrayList<>();
        try {
            for (String segment : path.substring(1).split("/", -1)) {
                segments.add(Normalizer.normalize(QueryString.decode(segment, false), Normalizer.Form.NFC));
            }
        } catch (QueryString.MalformedException e) {
            return malformed("the path", e.getMessage());
        }
        if (!segments.stream().allMatch(Catalog::isProperSegment)) {
            return malformed("the path", "a segment . or .., or a control character");
        }
        for (Route route : routes) {
            SortedMap<String, String> values = route.match(segments);
            if (values != null) {
                return new Asking(route, values, unknown).ask(given);
            }
        }
        return new Resolution.Refused(Reason.UNKNOWN_PATH, List.of());
    }

    private static boolean isProperSegment(String segment) {
        return QueryString.isClean(segment) && !segment.equals(".") && !segment.equals("..");
    }

    private static Resolution malformed(String where, String what) {
        return new Resolution.Refused(Reason.MALFORMED, List.of(new Violation(
                "", what + " in " + where, "percent-encoded UTF-8 without control characters")));
    }

    /** One request on its way to its canonical form. */
    private static final class Asking {
        private final Route route;
        private final SortedMap<String, String> pathValues;
        private final UnknownParameters unknown;
        private final SortedMap<String, List<String>> question = new TreeMap<>();
        private final SortedMap<String, List<String>> sent = new TreeMap<>();
        private final List<String> unknownNames = new ArrayList<>();
        private final List<Violation> violations = new ArrayList<>();
        private final FlagParameters flags = new FlagParameters();
        private boolean totalCountAsked;

        Asking(Route route, SortedMap<String, String> pathValues, UnknownParameters unknown) {
            this.route = route;
            this.pathValues = pathValues;
            this.unknown = unknown;
        }

        Resolution ask(List<QueryParameter> given) {
            for (QueryParameter parameter : given) {
                if (!QueryString.isClean(parameter.name()) || !QueryString.isClean(parameter.value())) {
                    return malformed("the query", "a control character or half a character");
                }
                take(parameter);
            }
            for (Parameter parameter : route.parameters().values()) {
                complete(parameter);
            }
            if (violations.isEmpty() && !route.isComplete(question.keySet())) {
                violations.add(new Violation("", "", alternatives(route.oneOf())));
            }
            if (!violations.isEmpty()) {
                return new Resolution.Refused(Reason.INVALID_PARAMETER, violations);
            }
            if (unknown == UnknownParameters.REFUSE && !unknownNames.isEmpty()) {
                return new Resolution.Refused(Reason.UNKNOWN_PARAMETER, unknownNames.stream()
                        .map(name -> new Violation(name, sent.get(name).get(0),
                                String.join(", ", new TreeMap<>(route.parameters()).keySet())))
                        .toList());
            }
            CanonicalRequest request = CanonicalRequest.of(
                    route.endpoint(), route.template(), pathValues, question, target(), totalCountAsked);
            return new Resolution.Asked(request, flags.flags(), List.copyOf(unknownNames));
        }

        private void take(QueryParameter given) {
            if (flags.take(given, violations)) {
                return;
            }
            Parameter parameter = route.parameters().get(given.name());
            if (parameter == null) {
                if (!sent.containsKey(given.name())) {
                    unknownNames.add(given.name());
                }
                add(question, given.name(), given.value());
                add(sent, given.name(), given.value());
                return;
            }
            String value = parameter.canonical(given.value());
            if (value == null) {
                violations.add(new Violation(given.name(), given.value(), parameter.allowed()));
                return;
            }
            switch (parameter.use()) {
                case QUESTION -> {
                    add(question, given.name(), value);
                    add(sent, given.name(), value);
                }
                case LOGGING -> sent.put(given.name(), List.of(value));
                case TOTAL_COUNT -> totalCountAsked = value.equals("true");
            }
        }

        private void complete(Parameter parameter) {
            String name = parameter.name();
            if (parameter.use() == Parameter.Use.TOTAL_COUNT) {
                sent.put(name, List.of("true"));
            } else if (parameter.required() && !sent.containsKey(name)) {
                if (violations.stream().noneMatch(violation -> violation.parameter().equals(name))) {
                    violations.add(new Violation(name, "", parameter.allowed()));
                }
            } else if (parameter.defaultValue() != null) {
                question.putIfAbsent(name, List.of(parameter.defaultValue()));
            }
        }

        private String target() {
            StringBuilder target = new StringBuilder(route.path(pathValues));
            char separator = '?';
            for (Map.Entry<String, List<String>> parameter : sent.entrySet()) {
                for (String value : parameter.getValue()) {
                    target.append(separator).append(QueryString.encode(parameter.getKey()))
                            .append('=').append(QueryString.encode(value));
                    separator = '&';
                }
            }
            return target.toString();
        }

        private static void add(SortedMap<String, List<String>> values, String name, String value) {
            values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
        }

        private static String alternatives(List<List<String>> oneOf) {
            return oneOf.stream().map(group -> String.join(" and ", group)).reduce((a, b) -> a + ", or " + b).orElse("");
        }
    }
}

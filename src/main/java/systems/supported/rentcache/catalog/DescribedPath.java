package systems.supported.rentcache.catalog;

import java.math.BigDecimal;
import java.util.List;

/**
 * A path of the catalog as it is described to others.
 *
 * @param template   the path below {@code /v1}, such as {@code /properties/{id}}
 * @param variables  the names of its segments in braces, in order
 * @param endpoint   the endpoint that it belongs to
 * @param parameters its parameters, by name in the alphabet's order
 * @param oneOf      groups of parameters, one of which must be there whole; empty for no such rule
 */
public record DescribedPath(
        String template,
        List<String> variables,
        Endpoint endpoint,
        List<DescribedParameter> parameters,
        List<List<String>> oneOf) {

    /**
     * A parameter as it is described to others.
     *
     * @param name         its name
     * @param kind         the kind of a single value, in the words of the catalog's file: {@code number}, {@code days}, …
     * @param min          the least that a number may be, or null
     * @param max          the most that a number may be, or null
     * @param values       the words that are taken; empty for any text
     * @param multiple     whether values may be joined by {@code |}
     * @param range        whether {@code min:max} may stand for a value
     * @param defaultValue what leaving it out means, or null
     * @param required     whether it must be there
     * @param allowed      what is taken, as a phrase
     */
    public record DescribedParameter(
            String name,
            String kind,
            BigDecimal min,
            BigDecimal max,
            List<String> values,
            boolean multiple,
            boolean range,
            String defaultValue,
            boolean required,
            String allowed) {
    }

    static DescribedPath of(Route route) {
        return new DescribedPath(
                route.template(),
                route.segments().stream().filter(segment -> segment.startsWith("{"))
                        .map(segment -> segment.substring(1, segment.length() - 1)).toList(),
                route.endpoint(),
                route.parameters().values().stream().map(DescribedPath::described)
                        .sorted((one, other) -> one.name().compareTo(other.name())).toList(),
                route.oneOf());
    }

    private static DescribedParameter described(Parameter parameter) {
        ValueType type = parameter.type();
        return new DescribedParameter(
                parameter.name(), type.kind().text(), type.min(), type.max(), type.values(), parameter.multiple(),
                parameter.range() || type.kind() == ValueType.Kind.DAYS, parameter.defaultValue(),
                parameter.required(), parameter.allowed());
    }
}

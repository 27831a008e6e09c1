package systems.supported.rentcache.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A query parameter that the catalog knows.
 *
 * @param name         its name; letter case counts
 * @param type         what a single value may be
 * @param multiple     whether values may be joined by {@code |}
 * @param range        whether {@code min:max} may stand for a number
 * @param defaultValue the canonical value that leaving it out means, or null
 * @param required     whether it must be there
 * @param use          what it is for
 */
record Parameter(
        String name,
        ValueType type,
        boolean multiple,
        boolean range,
        String defaultValue,
        boolean required,
        Use use) {
    private static final String ANY = "*";

    /** What a parameter is for. */
    enum Use {
        /** It is a part of the question. */
        QUESTION,
        /** It is passed on with the call and changes nothing about the answer. */
        LOGGING,
        /** It asks for the header {@code X-Total-Count}, which costs nothing and is therefore always asked for. */
        TOTAL_COUNT
    }

    /** The canonical spelling of a value as sent, joined values and ranges among them; null where it is refused. */
    String canonical(String given) {
        if (given.isBlank()) {
            return required ? null : "";
        }
        return multiple && given.indexOf('|') >= 0 ? joined(given) : single(given);
    }

    private String joined(String given) {
        List<String> values = new ArrayList<>();
        for (String part : given.split("\\|", -1)) {
            if (part.isBlank()) {
                // Nobody documents what nothing between two bars means.
                return given;
            }
            String value = single(part);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values.stream().distinct().sorted().collect(Collectors.joining("|"));
    }

    private String single(String given) {
        boolean days = type.kind() == ValueType.Kind.DAYS;
        int colon = range || days ? given.indexOf(':') : -1;
        if (colon < 0) {
            String value = type.canonical(given);
            return value != null && days ? ANY + ":" + value : value;
        }
        String from = bound(given.substring(0, colon));
        String to = bound(given.substring(colon + 1));
        return from == null || to == null ? null : from + ":" + to;
    }

    /** One side of a range. Nobody documents what it means when it is empty: that is passed on. */
    private String bound(String given) {
        String bound = given.strip();
        return bound.equals(ANY) || bound.isEmpty() ? bound : type.canonical(bound);
    }

    /** What is taken, as a phrase. */
    String allowed() {
        StringBuilder phrase = new StringBuilder(type.allowed());
        if (range || type.kind() == ValueType.Kind.DAYS) {
            phrase.append(", or a range min:max in which * is no bound");
        }
        if (multiple) {
            phrase.append("; several joined by |");
        }
        return phrase.toString();
    }
}

package systems.supported.rentcache.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A call's parameters. Each method reads one by its name, answers null (or the value given for it) where it was left
 * out or is blank, and throws an error that names it where it is wrong. Of a repeated one the first counts.
 */
final class Parameters {
    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads a query.
     *
     * @param query as in the request's target, or null
     * @throws RentcastError where it is not properly percent-encoded
     */
    static Parameters parse(String query) {
        Map<String, String> values = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1)).strip();
            if (!value.isEmpty()) {
                values.putIfAbsent(name, value);
            }
        }
        return new Parameters(values);
    }

    /** Undoes percent-encoding and {@code +}. */
    static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw RentcastError.badRequest("The request's target is not properly percent-encoded.");
        }
    }

    String text(String name) {
        return values.get(name);
    }

    /** A text that must look like something. */
    String text(String name, String pattern, String allowed) {
        String value = values.get(name);
        if (value != null && !value.matches(pattern)) {
            throw wrong(name, allowed);
        }
        return value;
    }

    int integer(String name, int least, int most, int otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        // The number of digits is bounded, so that it fits.
        long number = value.matches("\\d{1,15}") ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            throw wrong(name, "a whole number from " + least + (most == Integer.MAX_VALUE ? "" : " to " + most));
        }
        return (int) number;
    }

    Double number(String name, double least, double most) {
        String value = values.get(name);
        if (value == null) {
            return null;
        }
        double number = value.matches("[+-]?\\d{1,12}(\\.\\d{1,20})?") ? Double.parseDouble(value) : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw wrong(name, "a number from " + PropertyRecords.number(least) + " to " + PropertyRecords.number(most));
        }
        return number;
    }

    boolean flag(String name, boolean otherwise) {
        String value = values.getOrDefault(name, String.valueOf(otherwise)).toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(name, "true or false");
        }
        return value.equals("true");
    }

    NumberFilter filter(String name) {
        String value = values.get(name);
        NumberFilter filter = value == null ? null : NumberFilter.parse(value);
        if (value != null && filter == null) {
            throw wrong(name, "a number, a range 'min:max' with * for no bound, or several of these joined by |");
        }
        return filter;
    }

    /** A range of days back from today; {@code 30} means {@code *:30}. */
    NumberFilter daysBack(String name) {
        String value = values.get(name);
        if (value == null) {
            return null;
        }
        NumberFilter filter = NumberFilter.parse(value.matches("\\d+") ? "*:" + value : value);
        if (filter == null || !filter.isPositive()) {
            throw wrong(name, "a number of days of at least 1, or a range 'min:max' of them");
        }
        return filter;
    }

    /** Property types joined by {@code |}; null for all of them. */
    Set<PropertyType> types(boolean withLand) {
        String value = values.get("propertyType");
        if (value == null) {
            return null;
        }
        Set<PropertyType> types = EnumSet.noneOf(PropertyType.class);
        for (String title : value.split("\\|", -1)) {
            types.add(type(title.strip(), withLand));
        }
        return types;
    }

    /** One property type, or null. */
    PropertyType type(boolean withLand) {
        String value = values.get("propertyType");
        return value == null ? null : type(value, withLand);
    }

    private static PropertyType type(String title, boolean withLand) {
        PropertyType type = PropertyType.of(title);
        if (type == null || type == PropertyType.LAND && !withLand) {
            throw wrong("propertyType", "one of " + PropertyType.titles() + (withLand ? "" : ", but not Land"));
        }
        return type;
    }

    /** The point of {@code latitude} and {@code longitude}, or null where neither is given. */
    Point point() {
        Double latitude = number("latitude", -90, 90);
        Double longitude = number("longitude", -180, 180);
        if ((latitude == null) != (longitude == null)) {
            throw wrong(latitude == null ? "latitude" : "longitude", "a number, whenever its companion is given");
        }
        return latitude == null ? null : new Point(latitude, longitude);
    }

    static RentcastError wrong(String name, String allowed) {
        return RentcastError.badRequest("Invalid value of the parameter '" + name + "'. Allowed: " + allowed + ".");
    }
}

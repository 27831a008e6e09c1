package systems.supported.rentcache.admin;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values (RFC 4180). Pure. */
final class Csv {
    private static final String LINE = "\r\n";

    private final StringBuilder text = new StringBuilder();

    /** A line; null is an empty value. */
    Csv line(List<?> values) {
        text.append(values.stream().map(Csv::value).collect(Collectors.joining(","))).append(LINE);
        return this;
    }

    private static String value(Object value) {
        String plain = value == null ? "" : value.toString();
        boolean quoted = plain.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return quoted ? '"' + plain.replace("\"", "\"\"") + '"' : plain;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package systems.supported.rentcache.admin;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Comma-separated values, as RFC 4180 has them. */
final class Csv {
    private static final String END = "\r\n";
    private static final String FORMULA = "=+-@\t\r";

    private final StringBuilder lines = new StringBuilder();

    /** A table with the names of its columns. */
    static Csv of(String... names) {
        return new Csv().row((Object[]) names);
    }

    /** Adds a row, as wide as the names; null is an empty field. */
    Csv row(Object... fields) {
        lines.append(Stream.of(fields).map(Csv::field).collect(Collectors.joining(","))).append(END);
        return this;
    }

    /**
     * A text that begins like a formula gets an apostrophe in front: a spreadsheet would work it out, and a key's name
     * is anybody's.
     */
    private static String field(Object value) {
        if (!(value instanceof String text)) {
            return value == null ? "" : value.toString();
        }
        String plain = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return plain.chars().anyMatch(sign -> sign == ',' || sign == '"' || sign == '\n' || sign == '\r')
                ? '"' + plain.replace("\"", "\"\"") + '"' : plain;
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}

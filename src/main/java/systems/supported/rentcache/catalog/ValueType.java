package systems.supported.rentcache.catalog;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a single value of a parameter may be, and the one spelling that all its safe spellings share.
 *
 * <p>Two spellings are made one only where they provably ask the same; a value is refused only where Rentcast is known
 * to refuse it. An empty value is passed on as it is, for nobody documents what it means.
 *
 * @param kind   the kind of value
 * @param min    the least that a number may be, or null
 * @param max    the most that a number may be, or null
 * @param values the words that are taken, whatever their letter case; empty for any text
 */
record ValueType(Kind kind, BigDecimal min, BigDecimal max, List<String> values) {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");
    /** Forms of numbers that the documents neither show nor rule out: passed on as they are. */
    private static final Pattern OTHER_NUMBER =
            Pattern.compile("[+-]?([0-9]{1,30}\\.?[0-9]{0,30}|\\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?");
    private static final Pattern ZIP = Pattern.compile("[0-9]{5}");
    private static final Pattern STATE = Pattern.compile("[A-Za-z]{2}");
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    /** The kinds of values. */
    enum Kind {
        /** Any text. */
        STRING,
        /** A text with commas, around which blanks mean nothing. */
        ADDRESS,
        /** Two letters; their case counts. */
        STATE,
        /** Five digits; a zero in front counts. */
        ZIP_CODE,
        /** A number, with or without a fraction. */
        NUMBER,
        /** A whole number. */
        INTEGER,
        /** A whole number of days, of which {@code n} alone means up to {@code n}. */
        DAYS,
        /** {@code true} or {@code false}. */
        BOOLEAN;

        /** The name in the catalog's file. */
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether values are numbers. */
    boolean isNumeric() {
        return kind == Kind.NUMBER || kind == Kind.INTEGER || kind == Kind.DAYS;
    }

    /** The canonical spelling of a value; null where it is refused. */
    String canonical(String given) {
        String value = given.strip();
        return switch (kind) {
            case STRING -> values.isEmpty() || values.stream().anyMatch(value::equalsIgnoreCase) ? composed(value) : null;
            case ADDRESS -> COMMA.matcher(composed(value)).replaceAll(", ");
            case STATE -> STATE.matcher(value).matches() ? value : null;
            case ZIP_CODE -> ZIP.matcher(value).matches() ? value : null;
            case BOOLEAN -> {
                String lower = value.toLowerCase(Locale.ROOT);
                yield lower.equals("true") || lower.equals("false") ? lower : null;
            }
            case NUMBER, INTEGER, DAYS -> number(value);
        };
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private String number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return OTHER_NUMBER.matcher(text).matches() ? text : null;
        }
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        boolean inRange = (min == null || number.compareTo(min) >= 0) && (max == null || number.compareTo(max) <= 0);
        boolean whole = kind == Kind.NUMBER || number.scale() <= 0;
        return inRange && whole ? number.toPlainString() : null;
    }

    /** What is taken, as a phrase. */
    String allowed() {
        if (!values.isEmpty()) {
            return String.join(", ", values);
        }
        return switch (kind) {
            case STRING -> "a text";
            case ADDRESS -> "an address such as 'Street, City, State, Zip'";
            case STATE -> "a state of two letters, such as TX";
            case ZIP_CODE -> "a ZIP code of five digits, such as 78244";
            case BOOLEAN -> "true or false";
            case NUMBER -> "a number" + bounds();
            case INTEGER -> "a whole number" + bounds();
            case DAYS -> "a whole number of days" + bounds();
        };
    }

    private String bounds() {
        if (min != null && max != null) {
            return " from " + min.toPlainString() + " to " + max.toPlainString();
        }
        if (min != null) {
            return " from " + min.toPlainString();
        }
        return max == null ? "" : " up to " + max.toPlainString();
    }
}

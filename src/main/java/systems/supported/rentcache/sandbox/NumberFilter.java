package systems.supported.rentcache.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and inclusive ranges of numbers of which one must fit: {@code 2|3}, {@code 1200:*}, {@code *:3|5}. */
final class NumberFilter {
    private static final String NUMBER = "\\d{1,12}(?:\\.\\d{1,6})?";
    private static final Pattern CHOICE = Pattern.compile("(" + NUMBER + ")|(" + NUMBER + "|\\*):(" + NUMBER + "|\\*)");

    private final List<Range> choices;

    private NumberFilter(List<Range> choices) {
        this.choices = choices;
    }

    private record Range(double least, double most) {
    }

    /** The filter of a text; null where it is none. */
    static NumberFilter parse(String text) {
        List<Range> choices = new ArrayList<>();
        for (String choice : text.split("\\|", -1)) {
            Matcher matcher = CHOICE.matcher(choice.replace(" ", ""));
            if (!matcher.matches()) {
                return null;
            }
            String least = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            String most = matcher.group(1) == null ? matcher.group(3) : matcher.group(1);
            Range range = new Range(
                    least.equals("*") ? Double.NEGATIVE_INFINITY : Double.parseDouble(least),
                    most.equals("*") ? Double.POSITIVE_INFINITY : Double.parseDouble(most));
            if (range.least > range.most) {
                return null;
            }
            choices.add(range);
        }
        return new NumberFilter(choices);
    }

    /** Whether a number fits; one that is not known does not. */
    boolean matches(Number number) {
        if (number == null) {
            return false;
        }
        double value = number.doubleValue();
        for (Range range : choices) {
            if (value >= range.least && value <= range.most) {
                return true;
            }
        }
        return false;
    }

    /** Whether every bound is at least 1. */
    boolean isPositive() {
        return choices.stream().allMatch(range -> (range.least >= 1 || range.least < 0) && range.most >= 1);
    }
}

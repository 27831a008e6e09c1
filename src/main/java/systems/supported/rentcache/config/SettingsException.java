package systems.supported.rentcache.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used. It carries every problem found, and its message is fit to print as it is. */
public final class SettingsException extends Exception {

    /**
     * One setting that is wrong.
     *
     * @param name    the setting's name; for a file that cannot be read, the file's
     * @param value   the value as given, with secrets masked; empty where there is none to show
     * @param source  where it came from, such as {@code environment} or {@code conf/rentcache.yaml line 3}
     * @param allowed a phrase that says what is allowed, after a reason where there is one
     */
    public record Problem(String name, String value, String source, String allowed) {

        /** The problem as one line: {@code PORT = 99999 (environment): allowed: …}. */
        @Override
        public String toString() {
            return name + (value.isEmpty() ? "" : " = " + value) + " (" + source + "): " + allowed;
        }
    }

    private final transient List<Problem> problems;

    /**
     * Makes the message from the problems.
     *
     * @param problems what is wrong, at least one
     */
    public SettingsException(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, in the order of the message. */
    public List<Problem> problems() {
        return problems;
    }

    private static String message(List<Problem> problems) {
        String head = problems.size() == 1 ? "1 setting is wrong:" : problems.size() + " settings are wrong:";
        return problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining("", head, ""));
    }
}

package systems.supported.rentcache.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;

import systems.supported.rentcache.config.SettingsException.Problem;

/**
 * The variables of the working directory's {@code .env}, if there is one.
 *
 * <p>The library reads it, with two things mended: it keeps single quotes as a part of the value, and it drops without
 * a word what stands after a quote that is never closed.
 */
final class DotenvFile {

    static final String NAME = ".env";

    private static final Pattern ASSIGNMENT = Pattern.compile("\\s*([\\w.-]+)\\s*=.*");

    private DotenvFile() {
    }

    static Map<String, String> read(Path directory, List<Problem> problems) {
        Map<String, String> variables = new LinkedHashMap<>();
        Path path = directory.resolve(NAME);
        if (!Files.isRegularFile(path)) {
            return variables;
        }
        try {
            List<String> lines = Files.readAllLines(path);
            try {
                Dotenv file = Dotenv.configure().directory(directory.toAbsolutePath().toString()).filename(NAME).load();
                for (DotenvEntry entry : file.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                    variables.put(entry.getKey(), unquoted(entry.getValue()));
                }
                addDropped(lines, variables, problems);
            } catch (DotenvException malformed) {
                // Its message repeats the line, which may hold a secret: only the line's number is told.
                String message = String.valueOf(malformed.getMessage());
                problems.add(new Problem(
                        NAME, "", "file" + lineNumber(lines, line -> message.equals("Malformed entry " + line)),
                        "allowed: NAME=VALUE, empty lines, and comments that begin with #"));
            }
        } catch (IOException unreadable) {
            problems.add(new Problem(NAME, "", "file", "allowed: a readable file in UTF-8"));
        }
        return variables;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("'") && value.endsWith("'");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static void addDropped(List<String> lines, Map<String, String> variables, List<Problem> problems) {
        lines.stream()
                .map(ASSIGNMENT::matcher)
                .filter(Matcher::matches)
                .map(assignment -> assignment.group(1))
                .filter(name -> !variables.containsKey(name) && VariableReader.settingOf(name).isPresent())
                .forEach(name -> problems.add(new Problem(
                        name, "", NAME + lineNumber(lines, line -> assigns(line, name)),
                        "is not read: a quote before it, or its own, is not closed at a line's end")));
    }

    private static boolean assigns(String line, String name) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        return assignment.matches() && assignment.group(1).equals(name);
    }

    private static String lineNumber(List<String> lines, Predicate<String> wanted) {
        return IntStream.range(0, lines.size())
                .filter(index -> wanted.test(lines.get(index)))
                .mapToObj(index -> " line " + (index + 1))
                .findFirst()
                .orElse("");
    }
}

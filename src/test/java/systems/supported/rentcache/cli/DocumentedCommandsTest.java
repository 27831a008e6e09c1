package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that documents name are commands, with those options. */
class DocumentedCommandsTest {
    private static final Pattern COMMAND = Pattern.compile(
            "(?m)(?:^ *(?:\\./)?rentcache |`(?:\\./)?rentcache |&& \\./rentcache )([^`\\n]+)");
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|[^\\s'\"]+");
    /** Of the launcher's, not of the program's. */
    private static final String TRAIN = "train";

    @Test
    void everyCommandOfTheDocumentsIsOne() throws IOException {
        List<String> wrong = new ArrayList<>();
        int commands = 0;
        PrintWriter out = new PrintWriter(new StringWriter());
        CommandLine program = RentCacheCommand.commandLine(new Surroundings(
                Path.of("."), Map.of(), InputStream.nullInputStream(), out, out, Instant::now, stop -> 0));
        for (Path document : documents()) {
            Matcher found = COMMAND.matcher(text(document));
            while (found.find()) {
                List<String> words = words(found.group(1));
                if (words.isEmpty() || words.get(0).equals(TRAIN)) {
                    continue;
                }
                commands++;
                String fault = fault(program, words);
                if (!fault.isEmpty()) {
                    wrong.add(document + ": " + String.join(" ", words) + ": " + fault);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(commands).isGreaterThan(40);
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("README.md"), Path.of("conf/prometheus-alerts.yml")));
        try (Stream<Path> files = Files.list(Path.of("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    /** The alerts quote commands as YAML lets them. */
    private static String text(Path document) throws IOException {
        return Files.readString(document).replaceAll("'(\\./rentcache [^']+)'", "`$1`");
    }

    /** The words of a line of the shell, up to where another command begins or the line is cut short. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line.replaceAll("'\\).*| #.*|\\s[|>&;].*|\\)? [|].*", ""));
        while (word.find()) {
            String text = word.group().replaceAll("^[\"']|[\"']$", "");
            if (text.contains("…") || text.contains("\\|")) {
                break;
            }
            words.add(text);
        }
        return words;
    }

    /** What the program says against it before it would do anything; empty where it would do it. */
    private static String fault(CommandLine program, List<String> words) {
        try {
            program.parseArgs(words.toArray(String[]::new));
            return "";
        } catch (CommandLine.MissingParameterException named) {
            // A command that is named without its arguments.
            return "";
        } catch (CommandLine.ParameterException wrong) {
            return wrong.getMessage();
        }
    }
}

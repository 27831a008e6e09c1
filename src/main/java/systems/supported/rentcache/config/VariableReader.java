package systems.supported.rentcache.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import systems.supported.rentcache.config.SettingsException.Problem;

/**
 * Settings from variables: the environment's, or those of a {@code .env} file.
 *
 * <p>{@code NAME_FILE} gives the content of a file as the value of {@code NAME}, for secrets that a container platform
 * mounts. Variables that name no setting belong to somebody else and are passed over.
 */
final class VariableReader {

    private static final String FILE_SUFFIX = "_FILE";
    private static final long LONGEST_FILE = 64 << 10;

    private final Path directory;
    private final List<Problem> problems;

    VariableReader(Path directory, List<Problem> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /** The settings among the variables. Where several spellings of one name are there, the one in capitals wins. */
    Map<String, Given> read(Map<String, String> variables, String source) {
        Map<String, Given> given = new HashMap<>();
        variables.entrySet().stream()
                .filter(variable -> !variable.getValue().isBlank())
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .forEach(variable -> SettingCatalog.find(variable.getKey()).ifPresent(
                        setting -> given.putIfAbsent(setting.name(), new Given(variable.getValue(), source))));
        variables.entrySet().stream()
                .filter(variable -> !variable.getValue().isBlank())
                .filter(variable -> SettingNames.canonical(variable.getKey()).endsWith(FILE_SUFFIX))
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .forEach(variable -> {
                    String name = variable.getKey();
                    SettingCatalog.find(name.substring(0, name.length() - FILE_SUFFIX.length())).ifPresent(
                            setting -> readFile(setting, name, variable.getValue(), source, given));
                });
        return given;
    }

    private void readFile(Setting<?> setting, String name, String file, String source, Map<String, Given> given) {
        if (given.containsKey(setting.name())) {
            problems.add(new Problem(name, Shown.line(file), source, "allowed: only one of it and " + setting.name()));
            return;
        }
        try {
            Path path = directory.resolve(file.strip());
            if (Files.size(path) <= LONGEST_FILE) {
                String text = Files.readString(path);
                if (!text.isBlank()) {
                    given.put(setting.name(), new Given(text, source + " (" + name + ")"));
                    return;
                }
            }
        } catch (IOException | InvalidPathException unreadable) {
            // Said below, in the same words as for a file that is empty.
        }
        problems.add(new Problem(
                name, Shown.line(file), source, "allowed: a readable file of at most 64KiB that holds the value"));
    }
}

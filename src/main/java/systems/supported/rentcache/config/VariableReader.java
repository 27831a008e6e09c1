package systems.supported.rentcache.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    private static final Comparator<String> TRUE_NAMES_FIRST = Comparator
            .comparing((String name) -> SettingCatalog.find(name).filter(found -> found.name().equals(name)).isEmpty())
            .thenComparing(Comparator.naturalOrder());

    private final Path directory;
    private final List<Problem> problems;

    VariableReader(Path directory, List<Problem> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /** The settings among the variables. Of several spellings of one name, the true one wins. */
    Map<String, Given> read(Map<String, String> variables, String source) {
        Map<String, Given> given = new HashMap<>();
        Map<String, String> present = new TreeMap<>(TRUE_NAMES_FIRST);
        variables.forEach((name, text) -> {
            if (!text.isBlank()) {
                present.put(name, text);
            }
        });
        present.forEach((name, text) -> SettingCatalog.find(name).ifPresent(
                setting -> given.putIfAbsent(setting.name(), new Given(text, source))));
        present.forEach((name, file) -> namedByFile(name).ifPresent(
                setting -> readFile(setting, name, file, source, given)));
        return given;
    }

    /** The setting that a variable of this name would give, by its value or by a file. */
    static Optional<Setting<?>> settingOf(String name) {
        return SettingCatalog.find(name).or(() -> namedByFile(name));
    }

    private static Optional<Setting<?>> namedByFile(String name) {
        String canonical = SettingNames.canonical(name);
        return canonical.endsWith(FILE_SUFFIX)
                ? SettingCatalog.find(canonical.substring(0, canonical.length() - FILE_SUFFIX.length()))
                : Optional.empty();
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

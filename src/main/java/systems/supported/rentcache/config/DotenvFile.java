package systems.supported.rentcache.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;

import systems.supported.rentcache.config.SettingsException.Problem;

/** The variables of the working directory's {@code .env}, if there is one. */
final class DotenvFile {

    static final String NAME = ".env";

    private DotenvFile() {
    }

    static Map<String, String> read(Path directory, List<Problem> problems) {
        Map<String, String> variables = new LinkedHashMap<>();
        if (Files.isRegularFile(directory.resolve(NAME))) {
            try {
                Dotenv file = Dotenv.configure().directory(directory.toAbsolutePath().toString()).filename(NAME).load();
                for (DotenvEntry entry : file.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                    variables.put(entry.getKey(), entry.getValue());
                }
            } catch (DotenvException malformed) {
                // Its message repeats the line, which may hold a secret.
                problems.add(new Problem(NAME, "", "working directory", "allowed: lines of the form NAME=VALUE"));
            }
        }
        return variables;
    }
}

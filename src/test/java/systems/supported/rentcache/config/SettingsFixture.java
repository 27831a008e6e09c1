package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import systems.supported.rentcache.config.SettingsException.Problem;

/** A working directory, an environment and flags, to be filled by a test and then loaded. */
final class SettingsFixture {

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();
    private Path configFile;

    SettingsFixture(Path directory) {
        this.directory = directory;
    }

    SettingsFixture file(String yaml) {
        return write("conf/rentcache.yaml", yaml);
    }

    SettingsFixture dotenv(String text) {
        return write(".env", text);
    }

    SettingsFixture write(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    SettingsFixture environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    SettingsFixture flag(String name, String value) {
        flags.put(name, value);
        return this;
    }

    SettingsFixture configFile(String name) {
        configFile = Path.of(name);
        return this;
    }

    Settings load() throws SettingsException {
        return SettingsLoader.load(
                new SettingsLoader.Sources(directory, Optional.ofNullable(configFile), environment, flags));
    }

    /** Loads what must be refused. */
    SettingsException refused() {
        SettingsException refused = catchThrowableOfType(SettingsException.class, this::load);
        if (refused == null) {
            throw new AssertionError("the settings were taken");
        }
        return refused;
    }

    /** Loads what must be refused for one reason only. */
    Problem problem() {
        SettingsException refused = refused();
        if (refused.problems().size() != 1) {
            throw new AssertionError(refused.getMessage());
        }
        return refused.problems().get(0);
    }

    static EffectiveSetting effective(Settings settings, String name) {
        return settings.effective().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }
}

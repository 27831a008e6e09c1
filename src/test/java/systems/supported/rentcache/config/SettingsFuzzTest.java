package systems.supported.rentcache.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.Fuzz;

/** Whatever is given for a setting: a value, or a refusal that says what is allowed. */
class SettingsFuzzTest {
    private static final List<byte[]> VALUES = Fuzz.texts(
            "8000", "30s", "16KiB", "20/second", "true", "0.0.0.0", "10.0.0.0/8, ::1", "https://a.example.com", "info",
            "sqlite:///./data/a.db", "postgresql://u:p%40@host:5432/db?sslmode=require", "redis://u:p@h:6379/0",
            "h1,h2/0?sentinel=name", "0 5 * * *", "America/Chicago", "0.03", "[\"a.example.com\"]", "growth");
    private static final List<byte[]> HURTING = Fuzz.texts(
            "", " ", ",", "/", ":", "@", "%", "%zz", "\0", "\n", "-", "9".repeat(30), "1e5", "*", "[", "]", "\"", "'", "$",
            "${A}", "é", "漢", "unlimited", "none", "://", "?", "&", "=", "\uFEFF");
    private static final List<byte[]> FILES = Fuzz.texts(
            "port: 8001\nmax:\n  body: 2MiB\n", "ttl: {market_stats: 2h}\ncors-origins: [https://a.example.com]\n",
            "endpoints:\n  x:\n    path: /x/{id}\n    ttl: 24h\n", "&a port: 1\nhost: *a\n", "- a\n- b\n", "\"port\": '1'\n");

    @Test
    void values() {
        // Settings that allow the same are of one type.
        Collection<Setting<?>> types = SettingCatalog.all().stream()
                .collect(Collectors.<Setting<?>, String, Setting<?>>toMap(Setting::allowed, setting -> setting, (one, other) -> one))
                .values();
        Fuzz.run(10, VALUES, HURTING, input -> {
            String text = new String(input, StandardCharsets.UTF_8);
            for (Setting<?> setting : types) {
                try {
                    setting.type().parse(text);
                } catch (RefusedException refused) {
                    setting.type().show(text);
                }
            }
        });
    }

    @Test
    void files(@TempDir Path directory) throws Exception {
        Path file = Files.createDirectories(directory.resolve("conf")).resolve("rentcache.yaml");
        Fuzz.run(2, FILES, HURTING, input -> {
            Files.write(file, input);
            try {
                SettingsLoader.load(new SettingsLoader.Sources(directory, Optional.empty(), Map.of(), Map.of()));
            } catch (SettingsException refused) {
                if (refused.problems().isEmpty()) {
                    throw new AssertionError("refused without a reason", refused);
                }
            }
        });
    }
}

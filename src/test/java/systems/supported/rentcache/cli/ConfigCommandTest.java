package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;
import systems.supported.rentcache.config.SettingCatalog;

/** Settings, as an operator checks and sees them. */
class ConfigCommandTest {
    private static final String SECRET = "rentcast-secret-0123456789";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    @Test
    void rightSettingsAreOk() {
        Outcome checked = program.variable("RENTCAST_API_KEY", SECRET).done("config", "check");

        assertThat(checked.out()).isEqualToIgnoringNewLines("ok");
        assertThat(checked.err()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatServeWouldMissIsSaid() {
        Outcome checked = program.done("config", "check");

        assertThat(checked.out()).isEqualToIgnoringNewLines("ok");
        assertThat(checked.err()).contains("RENTCAST_API_KEY");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        Outcome checked = program.variable("PORT", "99999").variable("DEFAULT_CACHE_TTL", "soon")
                .run("config", "check", "--set", "GLOBAL_RATE_LIMIT=fast", "--set", "PROT=1");

        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.out()).isEmpty();
        assertThat(checked.err()).startsWith("4 settings are wrong:")
                .contains("PORT = 99999 (environment): allowed: a whole number from 0 to 65535")
                .contains("DEFAULT_CACHE_TTL = soon", "GLOBAL_RATE_LIMIT = fast", "did you mean PORT?")
                .doesNotContain("\tat ");
    }

    @Test
    void theEndpointsAreCheckedToo() throws Exception {
        Path file = Files.writeString(directory.resolve("mine.yaml"), """
                port: none
                endpoints:
                  properties: {tll: 1h}
                  mine: {path: /mine, parameters: {size: {type: number, min: 5, max: 1}}}
                """);

        Outcome checked = program.run("config", "check", "--config", file.toString());
        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.err()).startsWith("3 settings are wrong:")
                .contains("PORT = none", "endpoints.properties.tll", "there is no such field")
                .contains("endpoints.mine.parameters.size.min = 5 (" + file + "): allowed: at most max");
        assertThat(program.run("config", "check", "--config", "missing.yaml").code()).isEqualTo(1);
    }

    @Test
    void everySettingIsShownWithItsSource() {
        JsonArray all = program.variable("PORT", "9000").variable("RENTCAST_API_KEY", SECRET)
                .done("config", "show", "--json").array();

        assertThat(all).hasSize(SettingCatalog.all().size());
        assertThat(all.stream().map(JsonObject.class::cast))
                .anySatisfy(setting -> assertThat(setting.getMap())
                        .containsEntry("name", "PORT").containsEntry("value", "9000")
                        .containsEntry("source", "environment").containsEntry("secret", false))
                .anySatisfy(setting -> assertThat(setting.getMap())
                        .containsEntry("name", "RENTCAST_API_KEY").containsEntry("value", "****")
                        .containsEntry("source", "environment").containsEntry("secret", true));
        assertThat(all.encode()).doesNotContain(SECRET);
    }

    @Test
    void textIsGroupedAndMasked() {
        Outcome shown = program.variable("PORT", "9000").variable("RENTCAST_API_KEY", SECRET)
                .variable("BOOTSTRAP_API_KEY", SECRET + SECRET).done("config", "show");

        assertThat(shown.out()).doesNotContain(SECRET);
        assertThat(shown.line("PORT")).containsExactly("PORT", "9000", "environment");
        assertThat(shown.line("HOST")).containsExactly("HOST", "0.0.0.0", "default");
        assertThat(shown.line("REDIS_URL")).containsExactly("REDIS_URL", "(not set)", "default");
        assertThat(shown.line("UPSTREAM_IDLE_CONNECTIONS")).containsExactly(
                "UPSTREAM_IDLE_CONNECTIONS", "20", "default");
        assertThat(shown.line("RENTCAST_API_KEY")).containsExactly("RENTCAST_API_KEY", "****", "environment");
        assertThat(shown.out().lines()).contains("Server", "Rentcast", "Storage", "Endpoints");
    }

    @Test
    void theDocumentOfTheSettingsIsCurrent() throws Exception {
        assertThat(Files.readString(Path.of("docs", "CONFIGURATION.md")))
                .as("'make configuration' brings it up to date").isEqualTo(program.done("config", "document").out());
    }

    @Test
    void onlyWhatIsGivenCanBeShown() {
        assertThat(program.done("config", "show", "--given").out()).isEqualToIgnoringNewLines(
                "Every setting has its default.");
        assertThat(program.done("config", "show", "--given", "--json").array()).isEmpty();
        Outcome given = program.done("--set", "PORT=1", "config", "--set", "HOST=::1", "show", "--given", "--set",
                "DEBUG=true");
        assertThat(given.line("PORT")).containsExactly("PORT", "1", "flag --PORT");
        assertThat(given.line("HOST")).containsExactly("HOST", "::1", "flag --HOST");
        assertThat(given.line("DEBUG")).containsExactly("DEBUG", "true", "flag --DEBUG");
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** Webhooks as an operator makes and sees them. */
class WebhooksCommandTest {
    private static final String SECRET = "master-secret-of-the-webhooks-0123456789";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory).variable("WEBHOOK_SECRET", SECRET);
    }

    @Test
    void aWebhookIsMadeChangedAndTakenAwayAndItsSecretIsShownOnce() throws Exception {
        Outcome made = program.done(
                "webhooks", "create", "https://example.com/hook", "--events", "cache.miss,budget.step");
        String secret = made.out().lines().map(String::strip).filter(line -> line.startsWith("whsec_")).findFirst()
                .orElseThrow();
        assertThat(program.done("webhooks", "list").line("1")).contains("https://example.com/hook", "active");
        JsonObject shown = program.done("webhooks", "show", "1", "--json").json();
        assertThat(shown.getJsonArray("events")).isEqualTo(new JsonArray().add("cache.miss").add("budget.step"));
        assertThat(program.done("webhooks", "update", "1", "--paused").out()).contains("paused");
        assertThat(program.done("webhooks", "update", "1", "--paused", "false", "--url", "https://example.com/other")
                .out()).contains("active", "https://example.com/other");
        assertThat(program.done("webhooks", "dead", "1").out()).contains("0 of 0.");
        assertThat(program.done("webhooks", "retry", "1").out()).contains("0 deliveries");
        assertThat(program.outcomes().subList(1, program.outcomes().size()))
                .noneMatch(outcome -> outcome.out().contains(secret));
        assertThat(program.done("webhooks", "rotate", "1", "--overlap", "1h", "--json").json().getString("secret"))
                .startsWith("whsec_").isNotEqualTo(secret);
        assertThat(program.databaseBytes()).doesNotContain(secret, SECRET);
        program.done("webhooks", "delete", "1");
        assertThat(program.done("webhooks", "list").out()).contains("No webhooks");
        assertThat(program.run("webhooks", "show", "1").err()).contains("There is no webhook with the id 1.");
    }

    @Test
    void whatCannotBeDoneSaysWhy() {
        assertThat(program.run("webhooks", "create", "http://example.com/").err()).contains("WEBHOOK_HTTP");
        assertThat(program.run("webhooks", "create", "https://example.com/", "--events", "cache.mis").err())
                .contains("'cache.mis'");
        program.done("webhooks", "create", "https://host.invalid/hook");
        Outcome test = program.run("webhooks", "test", "1");
        assertThat(test.code()).isEqualTo(1);
        assertThat(test.err()).contains("Its host is not known.");
        program.variable("WEBHOOK_SECRET", "");
        assertThat(program.run("webhooks", "create", "https://example.com/").err()).contains("WEBHOOK_SECRET");
    }
}

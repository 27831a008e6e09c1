package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.app.Tool;

/** The front door: what it lists is there, and what it lints is right. */
class MakefileTest {
    private static final List<String> PROMISED = List.of(
            "run", "test", "bench", "build", "image", "up", "down", "logs", "backup", "restore", "keys", "health", "lint",
            "format", "release", "help", "setup", "dev", "prod", "create-key", "list-keys", "stats");

    @Test
    void everyTargetIsListedAndCanBeMade() throws Exception {
        Tool make = Tool.named("make");
        String help = make.run("").output();
        List<String> targets = Pattern.compile("(?m)^([a-z-]+):").matcher(Files.readString(Path.of("Makefile")))
                .results().map(target -> target.group(1)).toList();
        assertThat(targets).containsAll(PROMISED).allSatisfy(target ->
                assertThat(help).containsPattern("(?m)^  make " + target + " +[A-Z]"));
        for (String target : targets) {
            Tool.Run run = make.run("", "--dry-run", target, "NAME=me", "FILE=it");
            assertThat(run.status()).as(target + ": " + run.output()).isZero();
        }
        assertThat(make.run("", "--dry-run", "up", "PROFILE=cluster monitoring").output())
                .contains("docker compose --profile cluster --profile monitoring up");
    }

    @Test
    void scriptsAndConfigurationsAreRight() throws Exception {
        for (String tool : List.of("shellcheck", "dockerfile-utils", "caddy", "kubectl", "promtool")) {
            Tool.named(tool);
        }
        Tool.Run lint = Tool.named("make").run("", "lint");
        assertThat(lint.status()).as(lint.output()).isZero();
        assertThat(lint.output()).contains("Valid configuration").doesNotContain("left out");
        Tool.Run form = Tool.named("caddy").run("", "fmt", "Caddyfile");
        assertThat(form.output()).as("'make format' brings it there").isEqualTo(Files.readString(Path.of("Caddyfile")));
        Tool.Run ci = Tool.named("shellcheck").run("", ".ci/run");
        assertThat(ci.status()).as(ci.output()).isZero();
    }
}

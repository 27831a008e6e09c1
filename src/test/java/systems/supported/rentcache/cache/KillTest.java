package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/** A process that is killed in the middle of its writes, again and again: nothing is mixed up, no key is lost. */
class KillTest {
    private static final int TIMES = 12;
    /** A process is killed when it has said so many bytes or fewer; a line has about ten. */
    private static final int MOST_SAID = 500;
    private static final long SEED = 20_260_301;

    @TempDir
    Path directory;

    @Test
    void onSqlite() throws Exception {
        Path file = directory.resolve("killed.db");
        killAgainAndAgain(List.of("sqlite", file.toString()), vertx -> Databases.sqlite(vertx, file));
    }

    @Test
    void onPostgresql() throws Exception {
        String name = PostgresqlServer.newDatabase();
        killAgainAndAgain(
                List.of("postgresql", Integer.toString(PostgresqlServer.port()), name),
                vertx -> Databases.postgresql(vertx, name));
    }

    private interface Opening {
        Database of(Vertx vertx);
    }

    private void killAgainAndAgain(List<String> database, Opening opening) throws Exception {
        Random random = new Random(SEED);
        List<String> keys = new ArrayList<>();
        Map<String, Integer> latest = new HashMap<>();
        for (int run = 0; run < TIMES; run++) {
            for (String line : said(database, run, random.nextInt(MOST_SAID))) {
                String[] words = line.split(" ");
                if (words[0].equals("key")) {
                    keys.add(words[1]);
                } else {
                    int version = Integer.parseInt(words[1]);
                    latest.merge("question-" + version % KillVictim.QUESTIONS, version, Math::max);
                }
            }
        }
        assertThat(keys).as("the processes came to writing").hasSizeGreaterThan(TIMES);
        check(opening, keys, latest);
    }

    /** Starts a process, kills it in the middle of its writes, and returns what it said until then. */
    private List<String> said(List<String> database, int run, int bytes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xshare:auto", "-cp", System.getProperty("java.class.path"),
                KillVictim.class.getName()));
        command.addAll(database);
        command.add(Integer.toString(run));
        Path output = directory.resolve("said-" + run);
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        until("the process writes", () -> output.toFile().length() > bytes);
        process.destroyForcibly().waitFor();
        // The last line may have been cut off; a number that is cut off is smaller, and so was said to be safe as well.
        return Files.readAllLines(output).stream().filter(line -> line.matches("answer \\d+|key key-\\d+-\\d+")).toList();
    }

    private static void check(Opening opening, List<String> keys, Map<String, Integer> latest) {
        Vertx vertx = Vertx.vertx();
        Database database = opening.of(vertx);
        await(database.open());
        SqlApiKeyStore store = new SqlApiKeyStore(database);
        for (String name : keys) {
            assertThat(await(store.find(name))).as(name).isPresent();
        }
        SqlTier tier = new SqlTier(vertx, database, new Metrics(), new PartHealth(
                "cache", "", Duration.ofMinutes(1), InstantSource.system()));
        latest.forEach((question, version) -> assertThat(await(tier.get(Answers.key(question))))
                .as(question)
                .hasValueSatisfying(answer -> {
                    int kept = Integer.parseInt(answer.entry().headers().get(0).value());
                    assertThat(kept).as("what was said to be safe is safe").isGreaterThanOrEqualTo(version);
                    assertThat(answer).as("nothing is mixed up").isEqualTo(KillVictim.answer(kept));
                }));
        await(database.close());
        await(vertx.close());
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.outbox.EventPage;
import systems.supported.rentcache.outbox.OutboxReader;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;
import systems.supported.rentcache.storage.PostgresqlServer;

/**
 * A process that is killed in the middle of its writes, again and again: nothing is mixed up, no key is lost, and no event
 * stands without its change or the other way round. */
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
        checkEvents(vertx, database, store, tier);
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

    private static void checkEvents(Vertx vertx, Database database, SqlApiKeyStore store, SqlTier tier) {
        Set<Integer> told = new HashSet<>();
        events(vertx, database, "cache.stored").forEach(event -> told.add(event.getInteger("bytes")));
        Map<Integer, Integer> kept = new HashMap<>();
        for (int question = 0; question < KillVictim.QUESTIONS; question++) {
            StoredAnswer answer = await(tier.get(Answers.key("question-" + question))).orElseThrow();
            kept.put(question, Integer.parseInt(answer.entry().headers().get(0).value()));
        }
        assertThat(told).as("what is kept is told of").containsAll(kept.values());
        assertThat(told).as("what is told of was kept, or what is newer").allMatch(version ->
                kept.get(version % KillVictim.QUESTIONS) >= version);
        Set<Long> changed = new HashSet<>();
        events(vertx, database, "key.changed").forEach(event -> changed.add(event.getLong("keyId")));
        assertThat(await(store.list(true, 0, 100_000))).extracting(ApiKey::id)
                .as("keys and the events of them").containsExactlyInAnyOrderElementsOf(changed);
    }

    private static List<JsonObject> events(Vertx vertx, Database database, String name) {
        OutboxReader reader = new OutboxReader(vertx, database, InstantSource.system());
        List<JsonObject> events = new ArrayList<>();
        EventPage page;
        String after = OutboxReader.OLDEST;
        do {
            page = await(reader.read(after, Set.of(name), 1_000));
            page.events().forEach(event -> events.add(new JsonObject(event.json())));
            after = page.next();
        } while (page.more());
        return events;
    }
}

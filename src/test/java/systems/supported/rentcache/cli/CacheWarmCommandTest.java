package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;

/** Warming by hand, with what the upstream bills for it. */
class CacheWarmCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (http://localhost:[0-9]+)");
    private static final String ADMIN = "admin-key-of-the-tests-0123456789abcdef";
    private static final String QUESTION = "/v1/properties?zipCode=78244&limit=1&offset=";

    @TempDir
    private Path directory;
    private final Vertx vertx = Vertx.vertx();
    private SandboxServer upstream;
    private Program server;
    private Program program;
    private String url;

    @BeforeEach
    void start() {
        upstream = await(SandboxServer.start(vertx, SandboxOptions.standard(0)
                .withApiKeys(Set.of("shared-key")).withCallsPerSecond(0)));
        server = program();
        program = program().variable("RENTCACHE_API_KEY", ADMIN);
    }

    @AfterEach
    void stop() {
        Logs.quiet();
        await(upstream.close());
        await(vertx.close());
    }

    private Program program() {
        return new Program(directory)
                .variable("RENTCAST_API_URL", "http://127.0.0.1:" + upstream.port() + "/v1")
                .variable("RENTCAST_API_KEY", "shared-key")
                .variable("BOOTSTRAP_API_KEY", ADMIN);
    }

    /** Runs a server meanwhile; what is asserted there fails here. */
    private void whileServing(Runnable commands, Consumer<Program> settings) {
        settings.accept(server);
        settings.accept(program);
        AssertionError[] failed = new AssertionError[1];
        server.whenServing(stop -> {
            url = server.printed(LISTENS);
            try {
                commands.run();
            } catch (AssertionError wrong) {
                failed[0] = wrong;
            }
            return stop.getAsInt();
        }).run("serve", "--port", "0");
        if (failed[0] != null) {
            throw failed[0];
        }
    }

    private void whileServing(Runnable commands) {
        whileServing(commands, settings -> { });
    }

    private String file(String text) {
        try {
            return Files.writeString(directory.resolve("warm.txt"), text).toString();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String questions(int number) {
        StringBuilder lines = new StringBuilder("# what is asked each morning\n\n");
        for (int i = 0; i < number; i++) {
            lines.append(QUESTION).append(i).append('\n');
        }
        return lines.toString();
    }

    private Outcome warm(String... words) {
        String[] all = new String[words.length + 4];
        all[0] = "cache";
        all[1] = "warm";
        System.arraycopy(words, 0, all, 2, words.length);
        all[words.length + 2] = "--url";
        all[words.length + 3] = url;
        return program.run(all);
    }

    private long billed() {
        return upstream.bill().billed();
    }

    @Test
    void aDryRunSaysWhatItWouldCostAndNeedsNoServer() {
        Outcome dry = program.done("cache", "warm", file(questions(3) + QUESTION + "0\n"), "--dry-run");

        assertThat(dry.out().lines()).containsExactly(
                "3 questions: 0 with a fresh answer, 0 with a stale one, 3 with none.",
                "At most 3 calls, $0.09 by the plan after this month's 0 calls.");
        assertThat(program.variable("PLAN", "growth").done("cache", "warm", file(questions(3)), "--dry-run").out())
                .contains("At most 3 calls, $0.00");
        assertThat(upstream.bill().calls()).isZero();
    }

    @Test
    void aFileIsFetchedOnceAndFreshAnswersCostNothing() {
        String file = file(questions(6));
        whileServing(() -> {
            Outcome warmed = warm(file, "--yes");
            assertThat(warmed.code()).as(warmed.toString()).isZero();
            assertThat(warmed.out()).contains("Fetched 6 of 6 answers; 6 calls paid for, $0.18.");
            assertThat(billed()).isEqualTo(6);

            until("all are in the database", () -> warm(file, "--dry-run").out().contains("nothing to fetch"));
            Outcome again = warm(file, "--yes");
            assertThat(again.code()).isZero();
            assertThat(again.out()).contains("6 questions: 6 with a fresh answer");
            assertThat(upstream.bill().calls()).isEqualTo(6);

            Outcome more = program.input(questions(8)).run("cache", "warm", "-", "--yes", "--url", url);
            assertThat(more.out()).contains("Fetched 2 of 2 answers");
            assertThat(billed()).isEqualTo(8);
        });
    }

    @Test
    void staleAnswersAreFetchedAnew() {
        String file = file(questions(2));
        whileServing(() -> {
            warm(file, "--yes");
            until("both are in the database", () -> warm(file, "--dry-run").out().contains("nothing to fetch"));
            server.pass(Duration.ofHours(25));
            program.pass(Duration.ofHours(25));
            assertThat(warm(file, "--dry-run").out()).contains("2 with a stale one").contains("At most 2 calls");
            assertThat(billed()).isEqualTo(2);
            assertThat(warm(file, "--yes").out()).contains("Fetched 2 of 2 answers; 2 calls paid for");
            assertThat(upstream.bill().calls()).isEqualTo(4);
        });
    }

    @Test
    void theMostAskedQuestionsAreThoseThatWereAskedAgain() {
        String file = file(questions(2));
        whileServing(() -> {
            warm(file, "--yes");
            get(QUESTION + 1);
            until("the hit is written", () -> warm("--top", "5", "--dry-run").out().startsWith("1 question: 1 with"));
            server.pass(Duration.ofHours(25));
            program.pass(Duration.ofHours(25));
            Outcome top = warm("--top", "5", "--yes");
            assertThat(top.out()).contains("Fetched 1 of 1 answer; 1 call paid for");
            assertThat(billed()).isEqualTo(3);
            program.pass(Duration.ofHours(25));
            assertThat(warm("--top", "5", "--days", "1", "--dry-run").out()).startsWith("0 questions");
        });
    }

    private void get(String target) {
        try {
            assertThat(HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url + target)).header("X-Api-Key", ADMIN).build(),
                    HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void wrongLinesAreNamedAndTheRestGoesOn() {
        String file = file(questions(2) + "/v1/nowhere\n/v1/properties?zipCode=78244&limit=many\n");
        whileServing(() -> {
            Outcome warmed = warm(file, "--yes");
            assertThat(warmed.code()).isEqualTo(1);
            assertThat(warmed.err()).contains("Line 5: /v1/nowhere: no endpoint", "Line 6: ", "'limit'");
            assertThat(warmed.out()).contains("Fetched 2 of 2 answers");
            assertThat(billed()).isEqualTo(2);
        });
    }

    @Test
    void aBudgetWithTwoCallsLeftStopsItAfterTwo() {
        String file = file(questions(7));
        whileServing(() -> {
            Outcome warmed = warm(file, "--yes");
            assertThat(warmed.code()).isEqualTo(1);
            assertThat(warmed.out()).contains("At most 7 calls").contains("Fetched 2 of 7 answers; 2 calls paid for");
            assertThat(warmed.err()).contains("The account's budget has only 2 calls left.")
                    .contains("Stopped with 5 questions left. The monthly budget of the whole account is spent.");
            assertThat(upstream.bill().calls()).isEqualTo(2);
        }, settings -> settings.variable("BUDGET_MONTHLY_CALLS", "2"));
    }

    @Test
    void aKeyThatIsUnknownOrUsedUpStopsItWithItsReason() {
        String file = file(questions(5));
        program.done("keys", "create", "poor", "--value", "poor-key-0123456789", "--daily-limit", "3");
        whileServing(() -> {
            Outcome unknown = warm(file, "--yes", "--key", "nobodys-key-0123456789");
            assertThat(unknown.code()).isEqualTo(1);
            assertThat(unknown.err()).contains("Stopped with 5 questions left.").doesNotContain("nobodys");
            assertThat(billed()).isZero();
            Outcome poor = warm(file, "--yes", "--key", "poor-key-0123456789");
            assertThat(poor.code()).isEqualTo(1);
            assertThat(poor.err()).contains("Stopped with 2 questions left. The key's requests for today are used up.");
            assertThat(billed()).isEqualTo(3);
        });
    }

    @Test
    void aLimitThatIsSoonOverIsWaitedFor() {
        String file = file(questions(7));
        program.done("keys", "create", "slow", "--value", "slow-key-0123456789", "--rate", "3/second");
        whileServing(() -> {
            CompletableFuture<Outcome> warmed = CompletableFuture.supplyAsync(
                    () -> warm(file, "--yes", "--key", "slow-key-0123456789"));
            until("it is done", () -> {
                server.pass(Duration.ofMillis(20));
                return warmed.isDone();
            });
            assertThat(warmed.join().code()).as(warmed.join().toString()).isZero();
            assertThat(warmed.join().out()).contains("Fetched 7 of 7 answers");
        });
    }

    @Test
    void whatTheUpstreamFailsIsSaidAndTheRestGoesOn() {
        String file = file(questions(1) + "/v1/markets?zipCode=78244\n");
        whileServing(() -> {
            upstream.faults(Faults.parse(
                    JsonObject.of("status", 500)));
            Outcome warmed = warm(file, "--yes");
            assertThat(warmed.code()).isEqualTo(1);
            assertThat(warmed.out()).contains("Fetched 0 of 2 answers; 0 calls paid for, $0.00.");
            assertThat(warmed.err()).contains("2 questions failed: ");
        }, settings -> settings.variable("RENTCAST_MAX_RETRIES", "0"));
    }

    @Test
    void withoutAServerAKeyOrAYesNothingIsAsked() throws Exception {
        String file = file(questions(2));
        try (ServerSocket socket = new ServerSocket(0)) {
            url = "http://localhost:" + socket.getLocalPort();
        }
        Outcome alone = warm(file, "--yes");
        assertThat(alone.code()).isEqualTo(1);
        assertThat(alone.err()).contains("No server answers at " + url, "rentcache serve").doesNotContain("\tat ");
        Outcome keyless = program().run("cache", "warm", file, "--yes");
        assertThat(keyless.code()).isEqualTo(1);
        assertThat(keyless.err()).contains("RENTCACHE_API_KEY");
        Outcome odd = warm(file, "--yes", "--key", "smörgåsbord-with-blanks inside");
        assertThat(odd.code()).isEqualTo(2);
        assertThat(odd.err()).doesNotContain("smörgåsbord");
        whileServing(() -> {
            program.input("n\n");
            Outcome refused = warm(file);
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains("[y/N]").contains("Nothing was fetched");
        });
        assertThat(upstream.bill().calls()).isZero();
    }

    @Test
    void aServerWarmsByItselfAndTheSameIsPrinted() {
        String file = file(questions(5) + "/v1/nowhere\n");
        program.variable("RENTCACHE_ADMIN_KEY", ADMIN);
        whileServing(() -> {
            Outcome here = warm(file, "--dry-run");
            Outcome there = program.run("cache", "warm", file, "--dry-run", "--server", url);
            assertThat(there).isEqualTo(here);
            assertThat(here.err()).contains("Line 8: /v1/nowhere: no endpoint");

            Outcome first = program.run("cache", "warm", file, "--yes", "--max-calls", "2", "--server", url);
            assertThat(first.out()).as(first.err()).contains("Fetched 2 of 2 answers; 2 calls paid for, $0.06.");
            until("both are in the database", () -> warm(file, "--dry-run").out().contains("2 with a fresh"));
            Outcome rest = program.input("y\n").run("cache", "warm", file, "--server", url);
            assertThat(rest.out()).contains("Fetched 3 of 3 answers; 3 calls paid for, $0.09.");
            assertThat(rest.code()).as("a line was wrong").isEqualTo(1);
            assertThat(billed()).isEqualTo(5);

            Outcome both = program.run("cache", "warm", file, "--server", url, "--key", "any-key-0123456789");
            assertThat(both.code()).isEqualTo(2);
            assertThat(both.err()).contains("--key and --url have no place");
            upstream.faults(Faults.parse(JsonObject.of("status", 500)));
            Outcome failed = program.run(
                    "cache", "warm", file(QUESTION + "77\n"), "--yes", "--server", url);
            assertThat(failed.code()).isEqualTo(1);
            assertThat(failed.err()).contains("1 question failed: server-error.");
        }, settings -> settings.variable("RENTCAST_MAX_RETRIES", "0"));
    }

    @Test
    void wordsThatMeanNothingAreWrongUsage() {
        assertThat(program.run("cache", "warm").code()).isEqualTo(2);
        assertThat(program.run("cache", "warm", "--top", "0").code()).isEqualTo(2);
        assertThat(program.run("cache", "warm", "-").err()).contains("--yes");
        Outcome missing = program.run("cache", "warm", "missing.txt", "--dry-run");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("missing.txt cannot be read.");
    }
}

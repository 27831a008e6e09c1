package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.limits.Plan;

/** Has answers fetched before they are asked for: by a server's admin API, or by asking it as a consumer does. */
@Command(name = "warm", description = {
    "Have a running server fetch answers before they are asked for: those to the requests of a file, and to",
    "the most asked questions. What is kept and fresh costs nothing. The calls run under the server's budget",
    "and pace. With --server it does so by itself, after its consumers; else it is asked as they ask.",
    "Exit code 1 when a line was wrong or an answer is missing."})
final class CacheWarmCommand implements Callable<Integer>, WorksOnServer {
    private static final String STANDARD_INPUT = "-";
    private static final String KEY_VARIABLE = "RENTCACHE_API_KEY";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final int INCOMPLETE = 1;

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "FILE|-",
            description = "A file with one request a line, such as /v1/properties?zipCode=78244; lines that begin with "
                    + "# are comments. - is standard input.")
    private String file;

    @Option(names = "--top", paramLabel = "N",
            description = "The N most asked questions whose answers are kept in the database, stale ones too.")
    private Integer top;

    @Option(names = "--days", paramLabel = "D", defaultValue = "7",
            description = "With --top: of those asked again within the last D days. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Option(names = "--max-calls", paramLabel = "N", description = "Make N calls at most, and leave the rest.")
    private Integer maxCalls;

    @Option(names = "--dry-run",
            description = "Only say what it would cost. Nothing is asked, and no server is needed.")
    private boolean dryRun;

    @Option(names = {"--yes", "-y"}, description = "Do not ask first.")
    private boolean yes;

    @Option(names = "--key", paramLabel = "KEY",
            description = "Without --server: the key to ask the server with. By default the variable " + KEY_VARIABLE
                    + ", which keeps it out of the shell's history.")
    private String key;

    @Option(names = "--url", paramLabel = "URL",
            description = "Without --server: the server's address. By default the one on this machine that the "
                    + "settings make. Its database is that of the settings.")
    private String url;

    CacheWarmCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        checkWords();
        Settings settings = root.settings();
        JsonObject wanted = wanted();
        try (Operations operations = root.operations(settings)) {
            JsonObject plan = operations.call("warm", new JsonObject(), wanted.copy().put("dryRun", true));
            print(plan);
            boolean complete = plan.getJsonArray("wrong").isEmpty();
            if (!dryRun && plan.getInteger("calls") > 0) {
                complete &= print(plan, warm(operations, settings, wanted, plan));
            }
            return complete ? CommandLine.ExitCode.OK : INCOMPLETE;
        }
    }

    private JsonObject wanted() throws IOException, CommandFailure {
        JsonObject wanted = new JsonObject();
        if (file != null) {
            wanted.put("questions", new JsonArray(lines()));
        }
        if (top != null) {
            wanted.put("top", top).put("days", days);
        }
        if (maxCalls != null) {
            wanted.put("maxCalls", maxCalls);
        }
        return wanted;
    }

    private void checkWords() {
        if (file == null && top == null) {
            throw new ParameterException(command.commandLine(), "There is nothing to warm: give a FILE, or --top N.");
        }
        if (top != null && top < 1 || days < 1 || maxCalls != null && maxCalls < 1) {
            throw new ParameterException(command.commandLine(), "--top, --days and --max-calls are at least 1.");
        }
        if (root.server().isPresent() && (key != null || url != null)) {
            throw new ParameterException(command.commandLine(),
                    "With --server the server asks by itself: --key and --url have no place there.");
        }
        if (STANDARD_INPUT.equals(file) && !yes && !dryRun) {
            throw new ParameterException(command.commandLine(),
                    "With - there is nobody to ask whether to go on: give --yes, or --dry-run.");
        }
    }

    private List<String> lines() throws IOException, CommandFailure {
        if (file == null) {
            return List.of();
        }
        try (InputStream in = STANDARD_INPUT.equals(file)
                ? new ByteArrayInputStream(root.surroundings().in().readAllBytes())
                : Files.newInputStream(root.surroundings().directory().resolve(file));
                BufferedReader reader = new BufferedReader(new InputStreamReader(
                        in, StandardCharsets.UTF_8.newDecoder()))) {
            return reader.lines().toList();
        } catch (UncheckedIOException e) {
            throw new CommandFailure(file + " cannot be read: " + (e.getCause() instanceof CharacterCodingException
                    ? "it is no text in UTF-8." : e.getCause().getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read.");
        }
    }

    private void print(JsonObject plan) {
        plan.getJsonArray("wrong").stream().map(JsonObject.class::cast).forEach(wrong -> root.err().println(
                "Line " + wrong.getInteger("number") + ": " + wrong.getString("text") + ": " + wrong.getString("fault")));
        if (plan.getInteger("foreign") > 0) {
            root.err().println(plan.getInteger("foreign") + " of the most asked questions are left out: they are of "
                    + "another upstream, or of another account's.");
        }
        root.out().println(count(plan.getLong("questions"), "question") + ": " + plan.getInteger("fresh")
                + " with a fresh answer, " + plan.getInteger("stale") + " with a stale one, " + plan.getInteger("absent")
                + " with none.");
        long calls = plan.getLong("calls");
        if (calls == 0) {
            root.out().println("There is nothing to fetch.");
            return;
        }
        root.out().println("At most " + count(calls, "call") + ", $" + Text.dollars(plan.getLong("costMicros"))
                + " by the plan after this month's " + count(plan.getLong("callsSoFar"), "call") + ".");
        Long left = plan.getLong("budgetCallsLeft");
        if (left != null && left < calls) {
            root.err().println("The account's budget has only " + count(left, "call") + " left.");
        }
    }

    private Warmed warm(Operations operations, Settings settings, JsonObject wanted, JsonObject plan) throws Exception {
        ProgressLine progress = ProgressLine.on(root.err(), "questions");
        if (root.server().isPresent()) {
            confirm();
            return new ServerWarming(operations).run(wanted, progress);
        }
        String value = keyValue();
        String server = url == null ? LocalUrl.of(settings) : url.replaceFirst("/+$", "");
        HttpClient client = (url == null
                ? LocalUrl.client(settings) : HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))
                .connectTimeout(PATIENCE)
                .build();
        requireServer(client, server);
        confirm();
        return new WarmingCalls(client, server, value).ask(
                plan.getJsonArray("requests").stream().map(String::valueOf).toList(), progress);
    }

    private boolean print(JsonObject plan, Warmed warmed) {
        JsonObject terms = plan.getJsonObject("plan");
        Plan money = new Plan(
                terms.getLong("feeMicros"), terms.getLong("includedCalls"), terms.getLong("overagePriceMicros"));
        long before = plan.getLong("callsSoFar");
        root.out().println("Fetched " + warmed.answered() + " of " + count(plan.getInteger("calls"), "answer") + "; "
                + count(warmed.paid(), "call") + " paid for, $"
                + Text.dollars(money.overageOf(before + warmed.paid()) - money.overageOf(before)) + ".");
        warmed.failures().forEach((why, questions) ->
                root.err().println(count(questions, "question") + " failed: " + why));
        if (warmed.left() > 0) {
            root.err().println("Stopped with " + count(warmed.left(), "question") + " left."
                    + (warmed.stopped() == null ? "" : " " + warmed.stopped()));
        }
        return warmed.isComplete();
    }

    private String keyValue() throws IOException, CommandFailure {
        String value = key != null ? key : root.surroundings().environment().getOrDefault(KEY_VARIABLE, "").strip();
        if (value.isEmpty()) {
            throw new CommandFailure("A key is needed to ask the server with: set " + KEY_VARIABLE
                    + ", or give --key. 'rentcache keys create NAME' makes one.");
        }
        return KeyValueOption.checked(value, InputStream.nullInputStream(), command);
    }

    private void requireServer(HttpClient client, String server) throws InterruptedException, CommandFailure {
        try {
            HttpResponse<Void> ready = client.send(
                    HttpRequest.newBuilder(URI.create(server + "/health/ready")).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.discarding());
            if (ready.statusCode() != OK) {
                throw new CommandFailure(
                        "The server at " + server + " takes no requests now; 'rentcache health' says why.");
            }
        } catch (IOException e) {
            throw new CommandFailure("No server answers at " + server
                    + ". Start one with 'rentcache serve', then run this again; the calls are the server's to make, so "
                    + "that budget and pace hold.");
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(),
                    "Invalid value for option '--url': allowed: an http:// or https:// URL");
        }
    }

    private void confirm() throws IOException, CommandFailure {
        if (yes) {
            return;
        }
        root.err().print("Have them fetched? [y/N] ");
        root.err().flush();
        String answer = new BufferedReader(new InputStreamReader(root.surroundings().in(), StandardCharsets.UTF_8))
                .readLine();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            root.err().println();
            throw new CommandFailure("Nothing was fetched. With --yes there is no question.");
        }
    }

    private static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}

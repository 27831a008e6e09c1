package systems.supported.rentcache.cli;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.BudgetView;
import systems.supported.rentcache.app.UpstreamInForce;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.refresh.QuestionReader;
import systems.supported.rentcache.refresh.WarmingPlan;

/** Has answers fetched before they are asked for. */
@Command(name = "warm", description = {
    "Have a running server fetch answers before they are asked for: those to the requests of a file, and to",
    "the most asked questions. What is kept and fresh costs nothing. The calls run under the server's budget",
    "and pace.",
    "Exit code 1 when a line was wrong or an answer is missing."})
final class CacheWarmCommand implements Callable<Integer> {
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

    @Option(names = "--dry-run",
            description = "Only say what it would cost. Nothing is asked, and no server is needed.")
    private boolean dryRun;

    @Option(names = {"--yes", "-y"}, description = "Do not ask first.")
    private boolean yes;

    @Option(names = "--key", paramLabel = "KEY",
            description = "The key to ask the server with. By default the variable " + KEY_VARIABLE
                    + ", which keeps it out of the shell's history.")
    private String key;

    @Option(names = "--url", paramLabel = "URL",
            description = "The server's address. By default the one on this machine that the settings make. Its "
                    + "database is that of the settings.")
    private String url;

    CacheWarmCommand(RentCacheCommand root) {
        this.root = root;
    }

    /**
     * What is known before anything is asked.
     *
     * @param plan   which questions are to be asked
     * @param used   the month's calls so far
     * @param budget the account's budget, in calls
     */
    private record Forecast(WarmingPlan plan, long used, BudgetCap budget) {
        /** How many calls the budget still allows. */
        long callsLeft() {
            return budget.calls() == BudgetCap.NO_LIMIT ? Long.MAX_VALUE : Math.max(0, budget.calls() - used);
        }
    }

    @Override
    public Integer call() throws Exception {
        checkWords();
        Settings settings = root.settings();
        QuestionReader reader = new QuestionReader(
                RentCacheCommand.catalog(settings), settings.caching().unknownParameters(),
                UpstreamInForce.origin(settings));
        QuestionReader.Lines lines = reader.read(lines());
        lines.wrong().forEach(wrong -> root.err().println(sentence(wrong.toString())));
        Forecast forecast = forecast(settings, reader, lines.requests());
        print(forecast, settings.spending().plan());
        boolean complete = lines.wrong().isEmpty();
        if (!dryRun && !forecast.plan.calls().isEmpty()) {
            complete &= warm(forecast, settings);
        }
        return complete ? CommandLine.ExitCode.OK : INCOMPLETE;
    }

    private void checkWords() {
        if (file == null && top == null) {
            throw new ParameterException(command.commandLine(), "There is nothing to warm: give a FILE, or --top N.");
        }
        if (top != null && top < 1 || days < 1) {
            throw new ParameterException(command.commandLine(), "--top and --days are at least 1.");
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

    /** Finds out from the database alone, so that it costs nothing and no statistics count it as a question. */
    private Forecast forecast(Settings settings, QuestionReader reader, List<CanonicalRequest> requests)
            throws CommandFailure {
        Instant now = root.surroundings().clock().instant();
        List<WarmingPlan.Wanted> wanted = new ArrayList<>();
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            SqlTier answers = database.answers();
            if (top != null) {
                int foreign = 0;
                for (SqlTier.Asked asked
                        : database.await(answers.mostAsked(now.minus(Duration.ofDays(days)), top))) {
                    CanonicalRequest request = reader.of(asked.target(), asked.key()).orElse(null);
                    if (request == null) {
                        foreign++;
                    } else {
                        wanted.add(new WarmingPlan.Wanted(request, asked.spell()));
                    }
                }
                if (foreign > 0) {
                    root.err().println(foreign + " of the most asked questions are left out: they are of another "
                            + "upstream, or of another account's.");
                }
            }
            for (CanonicalRequest request : requests) {
                wanted.add(new WarmingPlan.Wanted(
                        request, database.await(answers.spell(request.key())).orElse(null)));
            }
            String month = BudgetView.terms(settings).month(now).id();
            BudgetView budgets = new BudgetView(settings, database.await(database.budgets().caps()));
            long used = database.await(database.budgets().uses(month)).stream()
                    .filter(use -> use.scope().equals(BudgetScope.ACCOUNT))
                    .mapToLong(BudgetUse::usedCalls).sum();
            return new Forecast(
                    WarmingPlan.of(wanted, Duration.ZERO, now), used,
                    budgets.capOf(BudgetScope.ACCOUNT).inCalls(settings.spending().plan()));
        }
    }

    private void print(Forecast forecast, Plan money) {
        WarmingPlan plan = forecast.plan;
        root.out().println(count(plan.questions(), "question") + ": " + plan.fresh() + " with a fresh answer, "
                + plan.stale() + " with a stale one, " + plan.unknown() + " with none.");
        if (plan.calls().isEmpty()) {
            root.out().println("There is nothing to fetch.");
            return;
        }
        root.out().println("At most " + count(plan.calls().size(), "call") + ", $"
                + Text.dollars(plan.costAtMost(money, forecast.used)) + " by the plan after this month's "
                + count(forecast.used, "call") + ".");
        if (forecast.callsLeft() < plan.calls().size()) {
            root.err().println("The account's budget has only " + count(forecast.callsLeft(), "call") + " left.");
        }
    }

    private String keyValue() throws IOException, CommandFailure {
        String value = key != null ? key : root.surroundings().environment().getOrDefault(KEY_VARIABLE, "").strip();
        if (value.isEmpty()) {
            throw new CommandFailure("A key is needed to ask the server with: set " + KEY_VARIABLE
                    + ", or give --key. 'rentcache keys create NAME' makes one.");
        }
        return KeyValueOption.checked(value, InputStream.nullInputStream(), command);
    }

    private boolean warm(Forecast forecast, Settings settings) throws Exception {
        String value = keyValue();
        String server = url == null ? LocalUrl.of(settings) : url.replaceFirst("/+$", "");
        HttpClient client = (url == null
                ? LocalUrl.client(settings) : HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))
                .connectTimeout(PATIENCE)
                .build();
        requireServer(client, server);
        if (!yes) {
            confirm();
        }
        WarmingCalls calls = new WarmingCalls(client, server, value);
        calls.ask(
                forecast.plan.calls().stream().map(WarmingPlan.Call::request).toList(),
                ProgressLine.on(root.err(), "questions"));
        Plan money = settings.spending().plan();
        root.out().println("Fetched " + calls.answered() + " of " + count(forecast.plan.calls().size(), "answer") + "; "
                + count(calls.paid(), "call") + " paid for, $"
                + Text.dollars(money.overageOf(forecast.used + calls.paid()) - money.overageOf(forecast.used)) + ".");
        for (Map.Entry<String, Integer> failure : calls.failures().entrySet()) {
            root.err().println(count(failure.getValue(), "question") + " failed: " + failure.getKey());
        }
        if (calls.left() > 0) {
            root.err().println("Stopped with " + count(calls.left(), "question") + " left."
                    + (calls.stopped() == null ? "" : " " + calls.stopped()));
        }
        return calls.failures().isEmpty() && calls.left() == 0;
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

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}

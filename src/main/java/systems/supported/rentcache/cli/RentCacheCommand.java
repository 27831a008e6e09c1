package systems.supported.rentcache.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import systems.supported.rentcache.admin.Expiry;
import systems.supported.rentcache.admin.KeyRequest;
import systems.supported.rentcache.admin.TimeSpan;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.SettingsLoader;
import systems.supported.rentcache.transfer.Part;

/**
 * The program: its tree of commands, and the options that every one of them takes.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 wrong usage. Results go to standard output, everything else to standard error.
 */
@Command(
        name = "rentcache",
        description = "A caching proxy for the Rentcast property-data API: a question is paid for once.",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND")
public final class RentCacheCommand {
    private static final int HELP_WIDTH = 110;
    private static final String SERVER_VARIABLE = "RENTCACHE_SERVER";
    private static final String ADMIN_KEY_VARIABLE = "RENTCACHE_ADMIN_KEY";
    private static final String[] FOOTER = {
        "",
        "Try it without a Rentcast account:  rentcache serve --sandbox",
        "",
        "The original RentCache's commands work too: server, create-key, list-keys, update-key, delete-key, "
            + "clear-cache, stats, health.",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong usage."};

    private final Surroundings surroundings;
    private final Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT,
            description = "The settings file to read in place of conf/rentcache.yaml.")
    private Path configFile;

    @Option(names = "--server", paramLabel = "URL", scope = ScopeType.INHERIT,
            description = "Have a running server do it, such as https://rentcache.example.com, in place of working on "
                    + "the configured database. By default the variable " + SERVER_VARIABLE + ".")
    private String server;

    @Option(names = "--admin-key", paramLabel = "KEY|-", scope = ScopeType.INHERIT,
            description = "With --server: the value of a key with the permission admin; with - it is read from "
                    + "standard input. By default the variable " + ADMIN_KEY_VARIABLE + ".")
    private String adminKey;

    private RentCacheCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] words) {
        Logs.quiet();
        System.exit(commandLine(Surroundings.ofProcess(), words).execute(words));
    }

    /**
     * The tree of commands over some surroundings: where the first word is a command's name, of that command only, for
     * picocli takes longer to build the tree than many commands take.
     */
    static CommandLine commandLine(Surroundings surroundings, String... words) {
        RentCacheCommand root = new RentCacheCommand(surroundings);
        Map<String, Supplier<?>> commands = commands(root);
        if (words.length > 0 && commands.containsKey(words[0])) {
            commands.keySet().retainAll(Set.of(words[0]));
        }
        CommandLine tree = new CommandLine(root);
        commands.forEach((name, command) -> tree.addSubcommand(name, command.get()));
        tree
                .registerConverter(TimeSpan.class, converter(TimeSpan::parse))
                .registerConverter(Expiry.class, converter(Expiry::parse))
                .registerConverter(QuotaLimit.class, converter(QuotaLimit::parse))
                .registerConverter(RateChoice.class, converter(RateChoice::parse))
                .registerConverter(EndpointRate.class, converter(EndpointRate::parse))
                .registerConverter(EndpointName.class, converter(EndpointName::parse))
                .registerConverter(KeyName.class, converter(KeyName::parse))
                .registerConverter(Permissions.class, converter(Permissions::parse))
                .registerConverter(BudgetSetCommand.CallCount.class, converter(BudgetSetCommand.CallCount::parse))
                .registerConverter(BudgetSetCommand.DollarAmount.class, converter(BudgetSetCommand.DollarAmount::parse))
                .registerConverter(Part.class, converter(Part::parse))
                .registerConverter(CacheKey.class, converter(CacheShowCommand::key))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setOut(surroundings.out())
                .setErr(surroundings.err());
        tree.getCommandSpec().usageMessage().footer(FOOTER);
        tree.setExecutionStrategy(parsed -> root.execute(parsed));
        return Failures.handledIn(tree);
    }

    private static Map<String, Supplier<?>> commands(RentCacheCommand root) {
        Map<String, Supplier<?>> commands = new LinkedHashMap<>();
        commands.put("serve", () -> new ServeCommand(root));
        commands.put("keys", () -> new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreateCommand(root))
                .addSubcommand(new KeysListCommand(root))
                .addSubcommand(new KeysShowCommand(root))
                .addSubcommand(new KeysUpdateCommand(root))
                .addSubcommand(new KeysRotateCommand(root))
                .addSubcommand(new KeysRevokeCommand(root)));
        commands.put("cache", () -> new CommandLine(new CacheCommand())
                .addSubcommand(new CacheStatsCommand(root))
                .addSubcommand(new CacheShowCommand(root))
                .addSubcommand(new CacheClearCommand(root, true))
                .addSubcommand(new CacheUndoCommand(root))
                .addSubcommand(new CacheWarmCommand(root)));
        commands.put("budget", () -> new CommandLine(new BudgetCommand())
                .addSubcommand(new BudgetShowCommand(root))
                .addSubcommand(new BudgetSetCommand(root))
                .addSubcommand(new BudgetHistoryCommand(root)));
        commands.put("webhooks", () -> new CommandLine(new WebhooksCommand())
                .addSubcommand(new WebhooksCreateCommand(root))
                .addSubcommand(new WebhooksListCommand(root))
                .addSubcommand(new WebhooksShowCommand(root))
                .addSubcommand(new WebhooksUpdateCommand(root))
                .addSubcommand(new WebhooksDeleteCommand(root))
                .addSubcommand(new WebhooksRotateCommand(root))
                .addSubcommand(new WebhooksTestCommand(root))
                .addSubcommand(new WebhooksDeadCommand(root))
                .addSubcommand(new WebhooksRetryCommand(root)));
        commands.put("db", () -> new CommandLine(new DbCommand())
                .addSubcommand(new DbMigrateCommand(root))
                .addSubcommand(new DbExportCommand(root))
                .addSubcommand(new DbImportCommand(root)));
        commands.put("backup", () -> new BackupCommand(root));
        commands.put("restore", () -> new RestoreCommand(root));
        commands.put("stats", () -> new StatsCommand(root));
        commands.put("savings", () -> new CommandLine(new SavingsCommand(root))
                .addSubcommand(new SavingsPlansCommand(root)));
        commands.put("invoice", () -> new InvoiceCommand(root));
        commands.put("explain", () -> new ExplainCommand(root));
        commands.put("health", () -> new HealthCommand(root));
        commands.put("nodes", () -> new NodesCommand(root));
        commands.put("top", () -> new TopCommand(root));
        commands.put("events", () -> new EventsCommand(root));
        commands.put("config", () -> new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigCheckCommand(root))
                .addSubcommand(new ConfigShowCommand(root))
                .addSubcommand(new ConfigDocumentCommand(root)));
        commands.put("openapi", () -> new OpenApiCommand(root));
        commands.put("sandbox", () -> new SandboxCommand(root));
        commands.put("server", () -> original(new ServeCommand(root)));
        commands.put("create-key", () -> original(new OriginalCreateKeyCommand(root)));
        commands.put("list-keys", () -> original(new KeysListCommand(root)));
        commands.put("update-key", () -> original(new KeysUpdateCommand(root)));
        commands.put("delete-key", () -> original(new KeysRevokeCommand(root)));
        commands.put("clear-cache", () -> original(new CacheClearCommand(root, false)));
        return commands;
    }

    /** A command of the original RentCache, which works but is not shown among the others. */
    private static CommandLine original(Object command) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().usageMessage().hidden(true);
        return line;
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    /** Takes settings; those given before a subcommand's name come in one call, those given after it in another. */
    @Option(names = "--set", paramLabel = "NAME=VALUE", scope = ScopeType.INHERIT,
            description = "Any setting, such as --set DATABASE_URL=sqlite:///./other.db. May be repeated. "
                    + "'config show' lists them.")
    void set(Map<String, String> settings) {
        if (settings != null) {
            set.putAll(settings);
        }
    }

    /** The settings in force. */
    Settings settings() throws SettingsException {
        return settings(Map.of());
    }

    /** The settings in force, with flags of the command's own, which win over all else. */
    Settings settings(Map<String, String> flags) throws SettingsException {
        Map<String, String> all = new LinkedHashMap<>(set);
        all.putAll(flags);
        return SettingsLoader.load(new SettingsLoader.Sources(
                surroundings.directory(), Optional.ofNullable(configFile), surroundings.environment(), all),
                CatalogFile::problems);
    }

    private int execute(ParseResult words) {
        ParseResult last = words;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandSpec command = last.commandSpec();
        if (server != null && !(command.userObject() instanceof WorksOnServer)
                && !last.isUsageHelpRequested() && !last.isVersionHelpRequested()) {
            throw new ParameterException(command.commandLine(), "'" + command.qualifiedName()
                    + "' works on this machine only: it takes no --server.");
        }
        return new CommandLine.RunLast().execute(words);
    }

    /** The server that is to do what is asked; empty where it is done here. */
    Optional<String> server() {
        String given = server != null ? server : surroundings.environment().getOrDefault(SERVER_VARIABLE, "").strip();
        return given.isEmpty() ? Optional.empty() : Optional.of(given.replaceFirst("/+$", ""));
    }

    /** The admin operations: a server's where one is named, else those on the configured database. */
    Operations operations(Settings settings) throws CommandFailure, SettingsException, IOException {
        Optional<String> named = server();
        return named.isPresent()
                ? new RemoteOperations(checkedServer(named.get()), adminKey())
                : LocalOperations.of(settings, surroundings.clock());
    }

    private static String checkedServer(String url) throws CommandFailure {
        if (!url.matches("https?://[^\\s/?#]+(/[^\\s?#]*)?")) {
            throw new CommandFailure("'" + url + "' is no server; allowed: an http:// or https:// URL.");
        }
        return url;
    }

    /** The value of the key that a server is asked with. */
    String adminKey() throws CommandFailure, IOException {
        String given = adminKey != null ? adminKey : surroundings.environment().getOrDefault(ADMIN_KEY_VARIABLE, "");
        String value = given.strip().equals("-") ? InputLine.read(surroundings.in()) : given.strip();
        if (value == null || value.isEmpty()) {
            throw new CommandFailure("A key with the permission admin is needed to ask the server with: set "
                    + ADMIN_KEY_VARIABLE + ", or give it on standard input with --admin-key -.");
        }
        if (!KeyRequest.isValue(value)) {
            throw new CommandFailure("The admin key is not one: a key's value is " + KeyRequest.VALUE + ".");
        }
        return value;
    }

    /** How keys are printed. */
    KeyView keyView(Settings settings) {
        return new KeyView(settings.limiting().zone(), server().isPresent()
                ? "the configured one" : settings.limiting().global() + " (the configured one)");
    }

    /** The endpoints that the settings make. */
    static Catalog catalog(Settings settings) throws SettingsException {
        return CatalogFile.load(
                settings.endpoints(), settings.caching().defaultTtl(), settings.limiting().perEndpoint(),
                    settings.caching().staleWhileRevalidate());
    }

    /** The world around the process. */
    Surroundings surroundings() {
        return surroundings;
    }

    /** Takes results. */
    PrintWriter out() {
        return surroundings.out();
    }

    /** Takes everything but results. */
    PrintWriter err() {
        return surroundings.err();
    }
}

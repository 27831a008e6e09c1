package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
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

    private RentCacheCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] words) {
        Logs.quiet();
        System.exit(commandLine(Surroundings.ofProcess()).execute(words));
    }

    /** The tree of commands over some surroundings. */
    static CommandLine commandLine(Surroundings surroundings) {
        RentCacheCommand root = new RentCacheCommand(surroundings);
        CommandLine commands = new CommandLine(root)
                .addSubcommand(new ServeCommand(root))
                .addSubcommand(new CommandLine(new KeysCommand())
                        .addSubcommand(new KeysCreateCommand(root))
                        .addSubcommand(new KeysListCommand(root))
                        .addSubcommand(new KeysShowCommand(root))
                        .addSubcommand(new KeysUpdateCommand(root))
                        .addSubcommand(new KeysRotateCommand(root))
                        .addSubcommand(new KeysRevokeCommand(root)))
                .addSubcommand(new CommandLine(new CacheCommand())
                        .addSubcommand(new CacheStatsCommand(root))
                        .addSubcommand(new CacheShowCommand(root))
                        .addSubcommand(new CacheClearCommand(root, true))
                        .addSubcommand(new CacheUndoCommand(root))
                        .addSubcommand(new CacheWarmCommand(root)))
                .addSubcommand(new CommandLine(new BudgetCommand())
                        .addSubcommand(new BudgetShowCommand(root))
                        .addSubcommand(new BudgetSetCommand(root))
                        .addSubcommand(new BudgetHistoryCommand(root)))
                .addSubcommand(new CommandLine(new DbCommand())
                        .addSubcommand(new DbMigrateCommand(root))
                        .addSubcommand(new DbExportCommand(root))
                        .addSubcommand(new DbImportCommand(root)))
                .addSubcommand(new StatsCommand(root))
                .addSubcommand(new HealthCommand(root))
                .addSubcommand(new TopCommand(root))
                .addSubcommand(new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigCheckCommand(root))
                        .addSubcommand(new ConfigShowCommand(root)))
                .addSubcommand(new SandboxCommand(root))
                .addSubcommand(original("server", new ServeCommand(root)))
                .addSubcommand(original("create-key", new OriginalCreateKeyCommand(root)))
                .addSubcommand(original("list-keys", new KeysListCommand(root)))
                .addSubcommand(original("update-key", new KeysUpdateCommand(root)))
                .addSubcommand(original("delete-key", new KeysRevokeCommand(root)))
                .addSubcommand(original("clear-cache", new CacheClearCommand(root, false)))
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
                .setUsageHelpWidth(HELP_WIDTH)
                .setOut(surroundings.out())
                .setErr(surroundings.err());
        commands.getCommandSpec().usageMessage().footer(FOOTER);
        return Failures.handledIn(commands);
    }

    /** A command of the original RentCache, which works but is not shown among the others. */
    private static CommandLine original(String name, Object command) {
        CommandLine line = new CommandLine(command).setCommandName(name);
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

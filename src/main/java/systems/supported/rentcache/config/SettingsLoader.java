package systems.supported.rentcache.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import systems.supported.rentcache.config.SettingsException.Problem;

/**
 * Makes {@link Settings} from all that was given: defaults, then the file, then {@code .env}, then the environment,
 * then flags, each winning over those before it.
 *
 * <p>An empty value counts as not given, so that {@code NAME=${NAME:-}} in a Compose file leaves the default. A wrong
 * value that a stronger source replaces is not looked at.
 */
public final class SettingsLoader {

    private static final Path DEFAULT_FILE = Path.of("conf", "rentcache.yaml");

    private SettingsLoader() {
    }

    /**
     * All that settings are read from.
     *
     * @param directory   the working directory: holds {@code .env} and {@code conf/rentcache.yaml}, and relative paths
     *                    begin there
     * @param configFile  the file to read in place of {@code conf/rentcache.yaml}; then it must exist
     * @param environment the process's environment
     * @param flags       flags of the command line, by name with or without the leading {@code --}
     */
    public record Sources(
            Path directory, Optional<Path> configFile, Map<String, String> environment, Map<String, String> flags) {

        /** Copies the maps. */
        public Sources {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(configFile, "configFile");
            environment = Map.copyOf(environment);
            flags = Map.copyOf(flags);
        }

        /** The paths only: environment and flags hold secrets. */
        @Override
        public String toString() {
            return "Sources[directory=" + directory + ", configFile=" + configFile + "]";
        }
    }

    /**
     * Reads and checks all settings.
     *
     * @param sources where from
     * @return the settings in force
     * @throws SettingsException with every problem at once
     */
    public static Settings load(Sources sources) throws SettingsException {
        List<Problem> problems = new ArrayList<>();
        SettingsFile file = sources.configFile().isPresent()
                ? SettingsFile.required(sources.directory(), sources.configFile().get(), problems)
                : SettingsFile.optional(sources.directory(), DEFAULT_FILE, problems);
        VariableReader variables = new VariableReader(sources.directory(), problems);
        List<Map<String, Given>> strongestFirst = List.of(
                FlagReader.read(sources.flags(), problems),
                variables.read(sources.environment(), "environment"),
                variables.read(DotenvFile.read(sources.directory(), problems), DotenvFile.NAME),
                file.given());
        SettingValues values = SettingValues.resolve(strongestFirst, problems);
        checkTogether(values, problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings(values, file.endpoints(), sources.directory());
    }

    private static void checkTogether(SettingValues values, List<Problem> problems) {
        int sandboxPort = values.get(SettingCatalog.SANDBOX_PORT);
        if (values.get(SettingCatalog.SANDBOX) && sandboxPort != 0 && sandboxPort == values.get(SettingCatalog.PORT)) {
            problems.add(new Problem(
                    SettingCatalog.SANDBOX_PORT.name(), String.valueOf(sandboxPort),
                    values.source(SettingCatalog.SANDBOX_PORT), "allowed: another port than PORT"));
        }
    }

    private static Settings settings(SettingValues values, Map<String, Object> fileEndpoints, Path directory) {
        int connections = values.get(SettingCatalog.UPSTREAM_CONNECTIONS);
        return new Settings(
                new Settings.Server(
                        values.get(SettingCatalog.HOST),
                        values.get(SettingCatalog.PORT),
                        values.get(SettingCatalog.EVENT_LOOPS),
                        values.get(SettingCatalog.CORS_ORIGINS),
                        values.get(SettingCatalog.ALLOWED_HOSTS),
                        values.get(SettingCatalog.IDLE_TIMEOUT),
                        values.get(SettingCatalog.MAX_HEADER_SIZE),
                        values.get(SettingCatalog.MAX_REQUEST_LINE),
                        values.get(SettingCatalog.MAX_BODY),
                        values.get(SettingCatalog.SHUTDOWN_GRACE)),
                new Settings.Upstream(
                        values.get(SettingCatalog.RENTCAST_API_URL),
                        values.get(SettingCatalog.RENTCAST_API_KEY),
                        values.get(SettingCatalog.UPSTREAM_KEY),
                        values.get(SettingCatalog.SHARE_ACROSS_ACCOUNTS),
                        values.get(SettingCatalog.RENTCAST_TIMEOUT),
                        values.get(SettingCatalog.RENTCAST_MAX_RETRIES),
                        connections,
                        Math.min(connections, values.get(SettingCatalog.UPSTREAM_IDLE_CONNECTIONS)),
                        values.get(SettingCatalog.UPSTREAM_RATE_LIMIT),
                        values.get(SettingCatalog.MAX_CACHED_BODY),
                        SettingTypes.micros(values.get(SettingCatalog.PRICE_PER_CALL))),
                new Settings.Storage(
                        values.get(SettingCatalog.DATABASE_URL).in(directory),
                        values.get(SettingCatalog.DATABASE_ECHO),
                        values.get(SettingCatalog.REDIS_URL),
                        values.get(SettingCatalog.REDIS_ENABLED) || values.get(SettingCatalog.ENABLE_REDIS_CACHE),
                        values.get(SettingCatalog.DATABASE_READERS),
                        values.get(SettingCatalog.DATABASE_BUSY_TIMEOUT)),
                new Settings.Caching(
                        values.get(SettingCatalog.DEFAULT_CACHE_TTL),
                        values.get(SettingCatalog.NEGATIVE_TTL),
                        values.get(SettingCatalog.NEAR_CACHE_BYTES),
                        values.get(SettingCatalog.ALIAS_CACHE_BYTES),
                        values.get(SettingCatalog.ENABLE_CACHE_WARMING),
                        values.get(SettingCatalog.ENABLE_STALE_WHILE_REVALIDATE),
                        values.get(SettingCatalog.UNKNOWN_PARAMETERS)),
                new Settings.Limiting(
                        values.get(SettingCatalog.ENABLE_RATE_LIMITING),
                        values.get(SettingCatalog.GLOBAL_RATE_LIMIT),
                        values.get(SettingCatalog.PER_ENDPOINT_RATE_LIMIT),
                        values.get(SettingCatalog.STRICT_RATE_LIMITING),
                        values.get(SettingCatalog.TIME_ZONE)),
                new Settings.Sandbox(values.get(SettingCatalog.SANDBOX), values.get(SettingCatalog.SANDBOX_PORT)),
                new Settings.Analytics(
                        values.get(SettingCatalog.ENABLE_ANALYTICS),
                        values.get(SettingCatalog.USAGE_ROWS_PER_SECOND),
                        values.get(SettingCatalog.USAGE_RETENTION),
                        values.get(SettingCatalog.ANONYMIZE_ADDRESSES)),
                new Settings.Logging(
                        values.get(SettingCatalog.DEBUG),
                        values.get(SettingCatalog.LOG_LEVEL),
                        values.get(SettingCatalog.LOG_FORMAT)),
                new Settings.Security(values.get(SettingCatalog.BOOTSTRAP_API_KEY)),
                EndpointOverrides.over(fileEndpoints, values),
                values.effective());
    }
}

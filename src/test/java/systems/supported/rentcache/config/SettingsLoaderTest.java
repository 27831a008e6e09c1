package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;
import static systems.supported.rentcache.config.SettingsFixture.effective;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import systems.supported.rentcache.config.SettingsException.Problem;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;

/** Where values come from, which of them win, and what is said when they are wrong. */
class SettingsLoaderTest {

    private static final String KEY = "rc-s3cr3t-0123456789abcdefghijklmnop";

    @TempDir
    private Path directory;
    private SettingsFixture given;

    @BeforeEach
    void emptyDirectory() {
        given = new SettingsFixture(directory);
    }

    @Test
    void everyDefaultIsAllowedAndTheDocumentedOne() throws SettingsException {
        Settings settings = given.load();

        assertThat(settings.server()).isEqualTo(new Settings.Server(
                "0.0.0.0", 8000, "127.0.0.1", Optional.empty(), Runtime.getRuntime().availableProcessors(), List.of(),
                List.of("*"), Duration.ofSeconds(60), 16_384, 16_384, 1_048_576, Duration.ZERO,
                Duration.ofSeconds(10)));
        assertThat(settings.upstream()).isEqualTo(new Settings.Upstream(
                URI.create("https://api.rentcast.io/v1"), List.of(), UpstreamKey.SHARED, false, Duration.ofSeconds(30),
                3, 100, 20, new Rate(20, Duration.ofSeconds(1)), 1_000, 16L << 20, 30_000));
        assertThat(settings.storage()).isEqualTo(new Settings.Storage(
                new DatabaseUrl.Sqlite(
                        directory.resolve("data/rentcache.db"),
                        "sqlite:///./data/rentcache.db"),
                Optional.empty(), false, Optional.empty(), false, Duration.ofMillis(50), 4,
                Duration.ofSeconds(2), 20, 30, Duration.ofMillis(100),
                new Settings.Outbox("command-line", Duration.ofDays(7))));
        assertThat(settings.caching()).isEqualTo(new Settings.Caching(
                Duration.ofHours(1), Duration.ofMinutes(10),
                Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4),
                Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4) / 2, Duration.ofSeconds(10),
                Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 16),
                Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 16),
                new Settings.Warming(false, "0 5 * * *", 100, Duration.ofDays(7), Optional.empty()),
                true, Duration.ofSeconds(2),
                UnknownParameters.PASS));
        assertThat(settings.limiting()).isEqualTo(new Settings.Limiting(
                true, Rate.parse("1000/hour"), Rate.parse("100/minute"), false, ZoneId.of("UTC")));
        assertThat(settings.spending()).isEqualTo(new Settings.Spending(new Plan(0, 0, 30_000), 1, BudgetCap.NONE));
        assertThat(settings.sandbox()).isEqualTo(new Settings.Sandbox(false, 8010));
        assertThat(settings.analytics()).isEqualTo(new Settings.Analytics(
                true, 200, Duration.ofDays(90), Duration.ofDays(7), false));
        assertThat(settings.logging()).isEqualTo(new Settings.Logging(false, "INFO", LogFormat.TEXT));
        assertThat(settings.security().bootstrapKey()).isEmpty();
        assertThat(settings.endpoints()).isEmpty();
        assertThat(settings.effective())
                .hasSameSizeAs(SettingCatalog.all())
                .allMatch(setting -> setting.source().equals("default"));
    }

    @Test
    void eachSourceWinsOverTheOnesBefore() throws SettingsException {
        assertThat(effective(given.load(), "PORT"))
                .returns("8000", EffectiveSetting::value).returns("default", EffectiveSetting::source);
        assertThat(effective(given.file("port: 8001").load(), "PORT"))
                .returns("8001", EffectiveSetting::value).returns("conf/rentcache.yaml", EffectiveSetting::source);
        assertThat(effective(given.dotenv("PORT=8002").load(), "PORT"))
                .returns("8002", EffectiveSetting::value).returns(".env", EffectiveSetting::source);
        assertThat(effective(given.environment("PORT", "8003").load(), "PORT"))
                .returns("8003", EffectiveSetting::value).returns("environment", EffectiveSetting::source);
        Settings settings = given.flag("--port", "8004").load();
        assertThat(effective(settings, "PORT"))
                .returns("8004", EffectiveSetting::value).returns("flag --port", EffectiveSetting::source);
        assertThat(settings.server().port()).isEqualTo(8004);
    }

    @Test
    void anotherFileStandsInForTheUsualOne() throws SettingsException {
        given.file("port: 8001").write("other.yaml", "host: 127.0.0.1").configFile("other.yaml");

        Settings settings = given.load();

        assertThat(settings.server().port()).isEqualTo(8000);
        assertThat(effective(settings, "HOST").source()).isEqualTo("other.yaml");
    }

    @Test
    void aFileThatWasAskedForMustBeThere() {
        assertThat(given.configFile("missing.yaml").problem())
                .isEqualTo(new Problem("missing.yaml", "", "file", "allowed: a readable YAML file in UTF-8"));
    }

    @Test
    void aNamesLetterCaseAndDashesDoNotMatter() throws SettingsException {
        assertThat(given.file("Default-Cache-Ttl: 1m").load().caching().defaultTtl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(given.dotenv("default_cache_ttl=2m").load().caching().defaultTtl())
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(given.environment("Default_Cache_TTL", "3m").load().caching().defaultTtl())
                .isEqualTo(Duration.ofMinutes(3));
        assertThat(given.flag("DEFAULT-cache-ttl", "4m").load().caching().defaultTtl())
                .isEqualTo(Duration.ofMinutes(4));
    }

    @Test
    void ofSeveralSpellingsInTheEnvironmentTheTrueNameWins() throws SettingsException {
        given.environment("TIMEZONE", "Europe/Paris").environment("time_zone", "Asia/Tokyo")
                .environment("TIME_ZONE", "america/chicago");

        assertThat(given.load().limiting().zone()).isEqualTo(ZoneId.of("America/Chicago"));
    }

    @Test
    void sectionsJoinTheirNamesWithUnderscores() throws SettingsException {
        Settings settings = given.file("""
                upstream: {rate-limit: 5, key: Consumer}
                rentcast:
                  api:
                    url: http://localhost:9000/v1/
                  max_retries: 0
                CORS_ORIGINS:
                  - https://A.example.com
                  - http://localhost:3000
                log: {level: warning, format: JSON}
                debug: on
                """).load();

        assertThat(settings.upstream().rateLimit()).isEqualTo(Rate.parse("5/second"));
        assertThat(settings.upstream().keyMode()).isEqualTo(UpstreamKey.CONSUMER);
        assertThat(settings.upstream().url()).isEqualTo(URI.create("http://localhost:9000/v1"));
        assertThat(settings.upstream().maxRetries()).isZero();
        assertThat(settings.server().corsOrigins()).containsExactly("https://a.example.com", "http://localhost:3000");
        assertThat(settings.logging()).isEqualTo(new Settings.Logging(true, "WARN", LogFormat.JSON));
    }

    @Test
    void emptyValuesCountAsNotGiven() throws SettingsException {
        Settings settings = given.file("port:\nhost: ''\nupstream:\n").dotenv("LOG_LEVEL=\n")
                .environment("REDIS_URL", " ").environment("REDIS_URL_FILE", "").flag("port", "").load();

        assertThat(settings.effective()).noneMatch(EffectiveSetting::isGiven);
    }

    @Test
    void strangersInTheEnvironmentAreNoneOfOurs() {
        given.environment("PATH", "/bin").environment("RENTCAST_API_KYE", "x").environment("HOSTNAME_FILE", "/missing")
                .dotenv("POSTGRES_PASSWORD=x\nCACHE_TTL=x\n");

        assertThatCode(given::load).doesNotThrowAnyException();
    }

    @Test
    void theDotenvFileIsReadWithoutTheEnvironmentOfThisProcess() {
        given.dotenv("# a comment\nPATH=mine\nQUOTED=\"with # and blanks\"\n");

        assertThat(DotenvFile.read(directory, new ArrayList<>()))
                .containsOnly(entry("PATH", "mine"), entry("QUOTED", "with # and blanks"));
    }

    @Test
    void theDotenvFileMayQuoteItsValues() {
        given.dotenv("HOST='127.0.0.1'\nPORT = \"80\" # comment\nLOG_LEVEL=WARN # comment\nDEBUG='\nMORE=a=b\n");

        assertThat(DotenvFile.read(directory, new ArrayList<>())).containsOnly(
                entry("HOST", "127.0.0.1"), entry("PORT", "80"), entry("LOG_LEVEL", "WARN"), entry("DEBUG", "'"),
                entry("MORE", "a=b"));
    }

    @Test
    void aBrokenLineOfTheDotenvFileIsAProblemWithItsNumber() {
        assertThat(given.dotenv("# mine\nB=2\nexport B=2\n").problem()).isEqualTo(new Problem(
                ".env", "", "file line 3", "allowed: NAME=VALUE, empty lines, and comments that begin with #"));
    }

    @Test
    void whatAnOpenQuoteSwallowsIsNotLostSilently() {
        assertThat(given.dotenv("HOST=localhost\nLOG_FORMAT=\"json\nPORT=80\n").refused().problems())
                .extracting(Problem::name, Problem::source)
                .containsExactly(tuple("LOG_FORMAT", ".env line 2"), tuple("PORT", ".env line 3"));
    }

    @Test
    void aVariableCanNameTheFileThatHoldsTheValue() throws SettingsException {
        given.write("run/key", KEY + "\n").environment("rentcast_api_key_FILE", "run/key")
                .write("run/bootstrap", KEY).dotenv("BOOTSTRAP_API_KEY_FILE=" + directory.resolve("run/bootstrap"));

        Settings settings = given.load();

        assertThat(settings.upstream().apiKeys()).containsExactly(new Secret(KEY));
        assertThat(settings.security().bootstrapKey()).contains(new Secret(KEY));
        assertThat(effective(settings, "RENTCAST_API_KEY"))
                .returns("****", EffectiveSetting::value)
                .returns("environment (rentcast_api_key_FILE)", EffectiveSetting::source);
        assertThat(effective(settings, "BOOTSTRAP_API_KEY").source()).isEqualTo(".env (BOOTSTRAP_API_KEY_FILE)");
    }

    @Test
    void aFileOfAVariableMustHoldAValueAndBeTheOnlyOne() {
        given.write("empty", "\n").environment("RENTCAST_API_KEY_FILE", "missing").environment("PORT_FILE", "empty")
                .environment("HOST", "localhost").environment("HOST_FILE", "empty");

        assertThat(given.refused().problems()).containsExactlyInAnyOrder(
                new Problem("RENTCAST_API_KEY_FILE", "missing", "environment",
                        "allowed: a readable file of at most 64KiB that holds the value"),
                new Problem("PORT_FILE", "empty", "environment",
                        "allowed: a readable file of at most 64KiB that holds the value"),
                new Problem("HOST_FILE", "empty", "environment", "allowed: only one of it and HOST"));
    }

    @Test
    void allProblemsStandInOneMessage() {
        given.file("upstream:\n  rate-limit: fast\nprot: 80\n").dotenv("LOG_LEVEL=loud")
                .environment("PORT", "99999").environment("BOOTSTRAP_API_KEY", "short").flag("--time-zone", "Mars");

        assertThat(given.refused()).hasMessage("""
                6 settings are wrong:
                  PROT (conf/rentcache.yaml line 3): there is no such setting; did you mean PORT?
                  PORT = 99999 (environment): allowed: a whole number from 0 to 65535
                  UPSTREAM_RATE_LIMIT = fast (conf/rentcache.yaml line 2): allowed: 'N/second', 'N/minute', 'N/hour' \
                or 'N/day' with N from 1 to 1000000000, or 'unlimited', or N alone for a second
                  TIME_ZONE = Mars (flag --time-zone): allowed: a time zone such as UTC or America/Chicago
                  LOG_LEVEL = loud (.env): allowed: TRACE, DEBUG, INFO, WARN or ERROR
                  BOOTSTRAP_API_KEY = **** (environment): allowed: 32 to 256 characters of visible ASCII, without \
                blanks""");
    }

    @Test
    void aWrongValueThatAStrongerSourceReplacesIsNotLookedAt() {
        given.file("port: many").environment("PORT", "8001");

        assertThatCode(given::load).doesNotThrowAnyException();
    }

    @Test
    void noSecretIsEverShown() throws SettingsException {
        given.environment("RENTCAST_API_KEY", KEY + ", second-" + KEY).environment("BOOTSTRAP_API_KEY", KEY)
                .environment("REDIS_URL", "redis://:" + KEY + "@localhost");
        Settings settings = given.load();

        assertThat(settings.toString()).doesNotContain("s3cr3t");
        assertThat(settings.upstream().apiKeys()).extracting(Secret::reveal).containsExactly(KEY, "second-" + KEY);
        assertThat(new SettingsLoader.Sources(
                directory, Optional.empty(), Map.of("K", KEY), Map.of()).toString())
                .doesNotContain("s3cr3t");

        given.environment("RENTCAST_API_KEY", KEY + " \u00e9").environment("BOOTSTRAP_API_KEY", KEY + " x")
                .environment("REDIS_URL", "http://" + KEY).environment("DATABASE_URL", "postgresql://u:" + KEY + "@h/d?" + KEY)
                .environment("RENTCAST_API_URL", "https://" + KEY + "@h/v1?key=" + KEY)
                .file("rentcast-api-kye: " + KEY + "\n");
        SettingsException refused = given.refused();

        assertThat(refused.problems()).hasSize(6);
        assertThat(refused.toString()).doesNotContain("s3cr3t");
        assertThat(refused.problems().toString()).doesNotContain("s3cr3t");
    }

    @Test
    void noSecretIsShownWhenAFileIsBroken() {
        given.file("rentcast-api-key: *" + KEY + "\n").dotenv(KEY);

        assertThat(given.refused().problems()).hasSize(2);
        assertThat(given.refused().getMessage()).doesNotContain("s3cr3t");
    }

    @Test
    void theAddressWithVersionWinsOverTheOneWithout() throws SettingsException {
        given.environment("RENTCAST_BASE_URL", "http://localhost:9000/");
        Settings base = given.load();
        assertThat(base.upstream().url()).isEqualTo(URI.create("http://localhost:9000/v1"));
        assertThat(effective(base, "RENTCAST_API_URL"))
                .returns("http://localhost:9000/v1", EffectiveSetting::value)
                .returns("environment (RENTCAST_BASE_URL)", EffectiveSetting::source);

        given.environment("RENTCAST_BASE_URL", "http://localhost:9000/v1");
        assertThat(given.load().upstream().url()).isEqualTo(URI.create("http://localhost:9000/v1"));

        given.file("rentcast-api-url: http://localhost:7000/v1");
        assertThat(given.load().upstream().url()).isEqualTo(URI.create("http://localhost:7000/v1"));
    }

    @Test
    void debuggingLogsMoreUnlessALevelIsSet() throws SettingsException {
        assertThat(given.environment("DEBUG", "yes").load().logging().level()).isEqualTo("DEBUG");
        assertThat(given.environment("LOG_LEVEL", "error").load().logging().level()).isEqualTo("ERROR");
        assertThat(given.environment("DEBUG", "no").environment("LOG_LEVEL", "").load().logging().level())
                .isEqualTo("INFO");
    }

    @Test
    void idleConnectionsAreAmongTheConnections() throws SettingsException {
        assertThat(given.flag("upstream-connections", "5").load().upstream().maxIdleConnections()).isEqualTo(5);
    }

    @Test
    void whenToWarmIsReadWhereThereIsWarming() throws SettingsException {
        assertThat(given.flag("warming-schedule", "0 25 * * *").load().caching().warming().enabled()).isFalse();
        assertThat(given.flag("enable-cache-warming", "true").problem()).isEqualTo(new Problem(
                "WARMING_SCHEDULE", "0 25 * * *", "flag --warming-schedule", "allowed: " + CronSchedule.ALLOWED));
        assertThat(given.flag("warming-schedule", "daily").problem().name()).isEqualTo("WARMING_SCHEDULE");
        assertThat(given.flag("warming-schedule", "30 4 * * 1-5").flag("warming-file", "warm.txt")
                .load().caching().warming())
                .isEqualTo(new Settings.Warming(
                        true, "30 4 * * 1-5", 100, Duration.ofDays(7), Optional.of(directory.resolve("warm.txt"))));
    }

    @Test
    void warmingNeedsAKeyThatPays() throws SettingsException {
        given.flag("enable-cache-warming", "true").flag("upstream-key", "consumer");
        assertThat(given.problem().name()).isEqualTo("ENABLE_CACHE_WARMING");
        assertThat(given.flag("sandbox", "true").load().caching().warming().enabled()).isTrue();
    }

    @Test
    void administrationNeedsAPortOfItsOwn() throws SettingsException {
        assertThat(given.flag("admin-port", "8000").problem()).isEqualTo(
                new Problem("ADMIN_PORT", "8000", "flag --admin-port", "allowed: another port than PORT"));
        given.flag("admin-port", "8010").flag("sandbox", "false").load();
        assertThat(given.flag("sandbox", "true").problem()).isEqualTo(
                new Problem("ADMIN_PORT", "8010", "flag --admin-port", "allowed: another port than SANDBOX_PORT"));
        given.flag("admin-port", "0").flag("port", "0").flag("sandbox-port", "0").load();
    }

    @Test
    void theSandboxNeedsAPortOfItsOwn() {
        assertThat(given.flag("sandbox", "true").flag("port", "8010").problem()).isEqualTo(
                new Problem("SANDBOX_PORT", "8010", "default", "allowed: another port than PORT"));
    }

    @Test
    void callingRentcastNeedsAKeyOrTheSandboxOrTheConsumersKeys() throws SettingsException {
        assertThatThrownBy(() -> given.load().requireUpstream())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("RENTCAST_API_KEY (not set): set it")
                .hasMessageContaining("--sandbox");

        new SettingsFixture(directory).flag("sandbox", "true").load().requireUpstream();
        new SettingsFixture(directory).environment("UPSTREAM_KEY", "consumer").load().requireUpstream();
        new SettingsFixture(directory).environment("RENTCAST_API_KEY", "k").load().requireUpstream();
    }

    @Test
    void aFlagThatNamesNoSettingIsAProblem() {
        assertThat(given.flag("--prot", "1").problem()).isEqualTo(
                new Problem("PROT", "", "flag --prot", "there is no such setting; did you mean PORT?"));
    }

    @Test
    void aNamedPlanGivesItsTermsAndEachTermWinsOverIt() throws Exception {
        assertThat(given.flag("PLAN", "Scale").load().spending().plan())
                .isEqualTo(new Plan(449_000_000, 25_000, 15_000));

        given.flag("PLAN_OVERAGE_PRICE", "0.01").flag("plan-monthly-fee", "400").flag("PLAN_BILLING_DAY", "31")
                .flag("BUDGET_MONTHLY_CALLS", "0");

        assertThat(given.load().spending()).isEqualTo(new Settings.Spending(
                new Plan(400_000_000, 25_000, 10_000), 31, new BudgetCap(0, BudgetCap.NO_LIMIT)));
        assertThat(SettingsFixture.effective(given.load(), "PLAN_INCLUDED_CALLS").source()).contains("PLAN");
    }

    @Test
    void withoutAPlanEachCallCostsThePriceOfOne() throws Exception {
        assertThat(given.flag("PRICE_PER_CALL", "0.2").load().spending().plan()).isEqualTo(new Plan(0, 0, 200_000));
    }

    @Test
    void thePlansNumbersAreChecked() {
        given.flag("PLAN", "huge").flag("PLAN_BILLING_DAY", "32").flag("BUDGET_MONTHLY_DOLLARS", "-1");
        assertThat(given.refused().problems()).extracting(Problem::name)
                .containsExactly("PLAN", "PLAN_BILLING_DAY", "BUDGET_MONTHLY_DOLLARS");
    }

    @Test
    void theShippedFileLoadsAndChangesNothing() throws Exception {
        Settings untouched = given.load();

        given.file(Files.readString(Path.of("conf/rentcache.yaml")));

        assertThat(given.load()).isEqualTo(untouched);
    }

    @Test
    void theShippedFileTellsNothingWrong() throws Exception {
        String shown = Files.readString(Path.of("conf/rentcache.yaml"))
                .replaceFirst("(?s)^.*?# ----- Server", "# ----- Server")
                .replaceAll("(?m)^# (?= *[A-Za-z_-]+:)", "");
        Settings settings = given.file(shown).load();

        assertThat(settings.effective().stream().filter(EffectiveSetting::isGiven).count()).isGreaterThan(40);
        assertThat(settings.endpoints()).containsKeys("school_districts", "market_stats");
        Settings defaults = new SettingsFixture(directory.resolve("elsewhere")).load();
        assertThat(settings.upstream()).isEqualTo(defaults.upstream());
        assertThat(settings.limiting()).isEqualTo(defaults.limiting());
        assertThat(settings.spending()).isEqualTo(new Settings.Spending(
                Plan.Preset.GROWTH.plan(), 1, new BudgetCap(6_000, 250_000_000)));
        assertThat(settings.analytics()).isEqualTo(defaults.analytics());
        assertThat(settings.logging()).isEqualTo(defaults.logging());
        assertThat(settings.sandbox()).isEqualTo(defaults.sandbox());
    }

    @Test
    void theShippedExampleOfVariablesLoadsAndChangesNothing() throws Exception {
        String example = Files.readString(Path.of(".env.example"));

        assertThat(given.dotenv(example).load().effective()).noneMatch(EffectiveSetting::isGiven);
    }
}

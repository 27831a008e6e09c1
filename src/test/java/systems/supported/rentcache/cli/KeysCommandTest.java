package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.cli.Program.Outcome;

/** Keys from their making to their end, as an operator sees them. */
class KeysCommandTest {
    private static final String RENTCAST_KEY = "0123456789abcdef0123456789ABCDEF";

    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory);
    }

    @Test
    void aKeyIsMadeWithAllThatWasAskedFor() {
        Outcome made = program.done("keys", "create", "acme", "--daily-limit", "100", "--monthly-limit", "2000",
                "--expires", "90d", "--permission", "refresh", "--rate", "500/hour", "--endpoint-rate",
                "value-estimate=30/minute", "--endpoint-rate", "properties=unlimited", "--json");

        assertThat(made.err()).isEmpty();
        JsonObject key = made.json();
        assertThat(key.getString("key")).matches("rc_[A-Za-z0-9_-]{43}");
        key.remove("key");
        assertThat(key).isEqualTo(program.done("keys", "show", "acme", "--json").json()).isEqualTo(new JsonObject()
                .put("id", 1).put("name", "acme").put("status", "active").put("hint", key.getString("hint"))
                .put("permissions", new JsonArray().add("read").add("refresh"))
                .put("dailyLimit", 100).put("monthlyLimit", 2000).put("usedToday", 0).put("usedThisMonth", 0)
                .put("rate", "500/hour")
                .put("endpointRates", new JsonObject().put("properties", "unlimited")
                        .put("value_estimate", "30/minute"))
                .put("createdAt", "2026-08-01T12:00:00Z").put("expiresAt", "2026-10-30T12:00:00Z")
                .putNull("lastUsed").putNull("formerValueUntil"));
    }

    @Test
    void withoutOptionsAKeyMayReadWithoutQuota() {
        JsonObject key = program.done("keys", "create", "acme", "--json").json();

        assertThat(key.getJsonArray("permissions")).containsExactly("read");
        assertThat(key.getValue("dailyLimit")).isNull();
        assertThat(key.getValue("monthlyLimit")).isNull();
        assertThat(key.getValue("rate")).isNull();
        assertThat(key.getJsonObject("endpointRates")).isEmpty();
        assertThat(key.getValue("expiresAt")).isNull();
    }

    @Test
    void aValueIsPrintedOnceAndKeptNowhere() throws Exception {
        Outcome made = program.done("keys", "create", "acme");
        String value = made.out().lines().map(String::strip).filter(line -> line.startsWith("rc_")).findFirst()
                .orElseThrow();

        assertThat(made.out()).containsOnlyOnce(value).contains("cannot be shown again");
        program.done("keys", "list", "--all");
        program.done("keys", "list", "--json");
        program.done("keys", "show", "acme");
        program.done("keys", "update", "acme", "--daily-limit", "5", "--json");
        program.done("keys", "rotate", "acme");
        program.done("keys", "revoke", "acme");
        program.done("config", "show", "--json");
        assertThat(program.outcomes().subList(1, program.outcomes().size()))
                .noneMatch(outcome -> outcome.out().contains(value) || outcome.err().contains(value));
        assertThat(program.databaseBytes()).contains(KeyHash.of(value).hex()).doesNotContain(value);
    }

    @Test
    void aValueCanBeTheConsumersOwn() throws Exception {
        Outcome made = program.input(RENTCAST_KEY + "\nmore\n").done("keys", "create", "acme", "--value", "-");

        assertThat(made.out() + made.err()).doesNotContain(RENTCAST_KEY);
        assertThat(program.databaseBytes())
                .contains(KeyHash.of(RENTCAST_KEY).hex())
                .doesNotContain(RENTCAST_KEY);
        assertThat(program.done("keys", "create", "other", "--value", "visible-ascii", "--json").json().getMap())
                .containsEntry("key", "visible-ascii");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "has blanks in it", "ümlaut-in-the-key", ""})
    void aValueThatIsNotAllowedIsWrongUsageAndNotRepeated(String value) {
        Outcome refused = program.input(value).run("keys", "create", "acme", "--value", "-");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("8 to 256 visible ASCII characters");
        assertThat(value.isEmpty() || !refused.err().contains(value)).isTrue();
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void aNameOrAValueThatIsTakenIsRefused() {
        program.done("keys", "create", "acme", "--value", RENTCAST_KEY);

        Outcome name = program.run("keys", "create", "acme");
        assertThat(name.code()).isEqualTo(1);
        assertThat(name.out()).isEmpty();
        assertThat(name.err().lines()).containsExactly("There is an active key named 'acme' already.");
        Outcome value = program.run("keys", "create", "other", "--value", RENTCAST_KEY);
        assertThat(value.code()).isEqualTo(1);
        assertThat(value.err().lines()).containsExactly("This value belongs to a key already.");
        program.done("keys", "create", "other");
        assertThat(program.run("keys", "rotate", "other", "--value", RENTCAST_KEY).code()).isEqualTo(1);
        assertThat(program.run("keys", "update", "other", "--name", "acme").code()).isEqualTo(1);
        program.done("keys", "revoke", "acme");
        program.done("keys", "create", "acme");
    }

    @Test
    void listShowsActiveKeysOrAll() {
        assertThat(program.done("keys", "list").out()).contains("No keys in").contains("rentcache.db");
        assertThat(program.done("keys", "list", "--json").array()).isEmpty();
        program.done("keys", "create", "one");
        program.done("keys", "create", "two", "--expires", "2026-08-02");
        program.done("keys", "create", "three");
        program.done("keys", "revoke", "1");
        program.pass(Duration.ofDays(2));

        assertThat(names(program.done("keys", "list", "--json"))).containsExactly("two", "three");
        Outcome all = program.done("keys", "list", "--all");
        assertThat(all.line("1")).contains("one", "revoked");
        assertThat(all.line("2")).contains("two", "expired", "2026-08-03 00:00:00 UTC");
        assertThat(all.line("3")).contains("three", "active", "never");
    }

    @Test
    void usageIsThatOfTheDayAndMonthInTheConfiguredZone() throws Exception {
        program.variable("TIME_ZONE", "America/Chicago").done("keys", "create", "acme", "--daily-limit", "100");
        // 2026-08-01 is day 20666; the month is counted from year 0.
        program.sql("UPDATE api_keys SET usage_day = 20666, daily_usage = 7, usage_month = " + (2026 * 12 + 7)
                + ", monthly_usage = 70");

        assertThat(program.done("keys", "list").line("1")).contains("7 of 100", "70");
        program.pass(Duration.ofHours(15));
        JsonObject beforeMidnight = program.done("keys", "show", "acme", "--json").json();
        assertThat(beforeMidnight.getLong("usedToday")).isEqualTo(7);
        program.pass(Duration.ofHours(3));
        JsonObject afterMidnight = program.done("keys", "show", "acme", "--json").json();
        assertThat(afterMidnight.getLong("usedToday")).isZero();
        assertThat(afterMidnight.getLong("usedThisMonth")).isEqualTo(70);
    }

    @Test
    void aDateLastsToItsEndInTheConfiguredZone() {
        program.variable("TIME_ZONE", "America/Chicago");

        assertThat(program.done("keys", "create", "a", "--expires", "2027-01-31", "--json").json().getMap())
                .containsEntry("expiresAt", "2027-02-01T06:00:00Z");
        assertThat(program.done("keys", "create", "b", "--expires", "2027-01-31T12:00:00Z", "--json").json().getMap())
                .containsEntry("expiresAt", "2027-01-31T12:00:00Z");
        assertThat(program.done("keys", "create", "c", "--expires", "never", "--json").json().getMap())
                .containsEntry("expiresAt", null);
    }

    @Test
    void rotationKeepsTheFormerValueForTheOverlap() {
        String former = program.done("keys", "create", "acme", "--json").json().getString("key");
        JsonObject rotated = program.done("keys", "rotate", "acme", "--json").json();

        assertThat(rotated.getString("key")).startsWith("rc_").isNotEqualTo(former);
        assertThat(rotated.getString("formerValueUntil")).isEqualTo("2026-08-02T12:00:00Z");
        Outcome again = program.done("keys", "rotate", "1", "--overlap", "0s");
        assertThat(again.out()).contains("the former one is not accepted any more");
        assertThat(program.done("keys", "show", "1", "--json").json().getMap()).containsEntry("formerValueUntil", null);
        program.done("keys", "revoke", "acme");
        assertThat(program.run("keys", "rotate", "acme").code()).isEqualTo(1);
    }

    @Test
    void anUpdateChangesWhatIsGivenAndNothingElse() {
        JsonObject made = program.done("keys", "create", "acme", "--daily-limit", "100", "--rate", "5/s",
                "--endpoint-rate", "unlimited", "--expires", "1d", "--json").json();
        made.remove("key");

        assertThat(program.done("keys", "update", "acme", "--json").json()).isEqualTo(made);
        JsonObject changed = program.done("keys", "update", "acme", "--name", "emca", "--daily-limit", "unlimited",
                "--monthly-limit", "9", "--expires", "never", "--permission", "read,admin", "--rate", "default",
                "--endpoint-rate", "default", "--endpoint-rate", "market_stats=1/day", "--inactive", "--json").json();
        assertThat(changed).isEqualTo(made.copy().put("name", "emca").put("status", "revoked").putNull("dailyLimit")
                .put("monthlyLimit", 9).putNull("expiresAt").putNull("rate")
                .put("permissions", new JsonArray(List.of("read", "refresh", "admin")))
                .put("endpointRates", new JsonObject().put("market_stats", "1/day")));
        assertThat(program.done("keys", "update", "1", "--active").line("status")).containsExactly("status", "active");
    }

    @Test
    void aKeyThatIsNotThereIsAFailure() {
        for (String command : List.of("show", "revoke", "rotate", "update")) {
            Outcome missing = program.run("keys", command, "nobody");
            assertThat(missing.code()).isEqualTo(1);
            assertThat(missing.out()).isEmpty();
            assertThat(missing.err().lines()).singleElement().asString().startsWith("There is no key 'nobody' in ");
        }
    }

    @Test
    void revokingTwiceIsNoFailure() {
        program.done("keys", "create", "acme");
        assertThat(program.done("keys", "revoke", "acme").out()).isEqualToIgnoringNewLines(
                "Key 'acme' (1) is revoked.");
        assertThat(program.done("keys", "revoke", "acme").out()).isEqualToIgnoringNewLines(
                "Key 'acme' (1) was already revoked.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--daily-limit   | 0               | a whole number from 1",
        "--daily-limit   | -5              | a whole number from 1",
        "--monthly-limit | many            | or unlimited",
        "--rate          | 5/fortnight     | 'N/minute'",
        "--endpoint-rate | prices=1/minute | properties_random",
        "--endpoint-rate | properties=fast | 'N/minute'",
        "--permission    | write           | read, refresh, admin",
        "--expires       | soon            | a date such as 2027-01-31",
        "--expires       | 2027-02-30      | a date such as 2027-01-31",
        "--expires       | 2026-07-31      | a time to come",
        "--expires       | 99999999d       | a date such as 2027-01-31"})
    void aWrongValueIsWrongUsageThatSaysWhatIsAllowed(String option, String value, String allowed) {
        Outcome refused = program.run("keys", "create", "acme", option, value);

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains(allowed).contains("Usage: rentcache keys create").doesNotContain("\tat ");
        assertThat(program.done("keys", "list", "--json").array()).isEmpty();
    }

    @Test
    void aNameIsWhatTheRulesSay() {
        for (String wrong : List.of("", "  ", "a\nb", "a\u0007", "x".repeat(101))) {
            Outcome refused = program.run("keys", "create", wrong);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("1 to 100 characters");
        }
        program.done("keys", "create", "Ünïted Realtors, Inc. " + "x".repeat(78));
    }

    private static List<String> names(Outcome list) {
        return list.array().stream().map(key -> ((JsonObject) key).getString("name")).toList();
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.cli.Program.Outcome;

/** Budgets, as an operator sees and sets them. */
class BudgetCommandTest {
    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void start() {
        program = new Program(directory).variable("PLAN", "growth").variable("PLAN_BILLING_DAY", "20");
    }

    private void used(String scope, String period, long calls, long micros) throws Exception {
        program.sql("INSERT INTO budget_periods (scope, period, committed_calls, committed_micros, reserved_calls) "
                + "VALUES ('" + scope + "', '" + period + "', " + calls + ", " + micros + ", 1)");
    }

    @Test
    void withoutABudgetThereIsTheFeeOnly() {
        Outcome shown = program.done("budget", "show");
        assertThat(shown.out()).startsWith("The billing month from 2026-07-20; it renews at 2026-08-20 00:00:00 UTC.");
        assertThat(shown.line("account")).containsExactly("account", "0", "0", "-", "$199.00", "-", "no budget");
        assertThat(program.done("budget", "history").out())
                .isEqualToIgnoringNewLines("Nothing was spent on 'account'.");
    }

    @Test
    void itShowsWhatIsSpentOfWhichBudget() throws Exception {
        program.variable("BUDGET_MONTHLY_DOLLARS", "210").done("keys", "create", "acme");
        used("account", "2026-07-20", 5_100, 3_000_000);
        used("account", "2026-06-20", 40, 0);
        used("key:1", "2026-07-20", 100, 3_000_000);
        program.done("budget", "set", "--key", "acme", "--dollars", "3", "--calls", "1000");

        Outcome shown = program.done("budget", "show");
        assertThat(shown.line("account")).containsExactly(
                "account", "5100", "1", "-", "$202.00", "$210.00", "over 90 %: no refreshing");
        assertThat(shown.line("key:1")).containsExactly(
                "key:1", "100", "1", "1000", "$3.00", "$3.00", "spent: cache only");
        JsonObject report = program.done("budget", "show", "--json").json();
        assertThat(report.getString("renewsAt")).isEqualTo("2026-08-20T00:00:00Z");
        assertThat(report.getJsonArray("budgets")).hasSize(2);
        assertThat(report.getJsonArray("budgets").getJsonObject(1).getInteger("percent")).isEqualTo(100);
        Outcome history = program.done("budget", "history");
        assertThat(history.line("2026-07-20")).containsExactly("2026-07-20", "5100", "1", "$3.00");
        assertThat(history.line("2026-06-20")).containsExactly("2026-06-20", "40", "1", "$0.00");
        assertThat(program.done("budget", "history", "--months", "1", "--json").array()).hasSize(1);
        assertThat(program.done("budget", "history", "--key", "acme").line("2026-07-20"))
                .containsExactly("2026-07-20", "100", "1", "$3.00");
    }

    @Test
    void whatIsSetByHandWinsOverTheSettingsUntilItIsRemoved() {
        program.variable("BUDGET_MONTHLY_CALLS", "70");
        assertThat(program.done("budget", "set", "--calls", "90").out())
                .isEqualToIgnoringNewLines("The budget 'account' is now 90 calls a billing month.");
        assertThat(program.done("budget", "show").line("account")).contains("90");
        assertThat(program.done("budget", "set", "--remove").out()).contains("is now 70 calls");
        assertThat(program.done("budget", "set", "--endpoint", "market-stats", "--dollars", "1.5").out())
                .contains("'endpoint:market_stats' is now $1.50");
        assertThat(program.done("budget", "set", "--endpoint", "market_stats", "--remove").out())
                .contains("has no limit");
    }

    @Test
    void callsThatAreOnlyPresumedAreReported() throws Exception {
        program.done("budget", "show");
        program.sql("INSERT INTO budget_ledger (id, period, scopes, key_id, endpoint, node, calls, cost_micros, state, "
                + "reserved_at, seen_at) "
                + "VALUES ('x', '2026-07-20', 'account', 0, '', 'n', 3, 0, 'presumed_spent', 1, 1)");
        assertThat(program.done("budget", "show").out()).contains("3 of the calls are only presumed to be spent");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "budget", "budget set", "budget set --calls x", "budget set --calls -1", "budget set --dollars 0.0000001",
        "budget set --calls 1 --remove", "budget set --endpoint prices --calls 1", "budget history --months 0",
        "budget set --key a --endpoint properties --calls 1"})
    void wrongWordsAreWrongUsage(String words) {
        Outcome refused = program.run(words.split(" "));
        assertThat(refused.code()).as(refused.toString()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void aKeyThatIsNotThereIsAFailure() {
        assertThat(program.run("budget", "set", "--key", "nobody", "--calls", "1"))
                .returns(1, Outcome::code).extracting(Outcome::err).asString().contains("There is no key 'nobody'");
    }
}

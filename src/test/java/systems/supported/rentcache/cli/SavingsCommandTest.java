package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.cli.Program.Outcome;

/** Savings and invoices, as an operator sees them; it is the first of August, in the middle of a billing month. */
class SavingsCommandTest {
    private static final ZoneId ZONE = ZoneId.of("America/Chicago");
    private static final int HOUR_MILLIS = 3_600_000;

    @TempDir
    private static Path directory;
    private final Program program = program();

    private static Program program() {
        return new Program(directory).variable("PLAN_FEE", "10").variable("PLAN_INCLUDED_CALLS", "100")
                .variable("PLAN_OVERAGE_PRICE", "0.03").variable("PLAN_BILLING_DAY", "20")
                .variable("TIME_ZONE", ZONE.getId());
    }

    /** Once: the commands only read. */
    @BeforeAll
    static void fill() throws Exception {
        Program program = program();
        program.done("keys", "create", "acme");
        program.done("keys", "create", "=SUM(A1), \"Ltd\"");
        calls(program, "2026-07-10", 9, 1, "properties", 4, 4);
        calls(program, "2026-07-21", 9, 1, "properties", 60, 200);
        calls(program, "2026-07-21", 10, 2, "properties", 30, 30);
        calls(program, "2026-07-30", 23, 2, "market_stats", 20, 70);
        calls(program, "2026-07-30", 23, 0, "market_stats", 10, 0);
    }

    private static void calls(
            Program program, String day, int hour, long key, String endpoint, long paid, long uncached)
            throws Exception {
        long midnight = LocalDate.parse(day).atStartOfDay(ZONE).toInstant().toEpochMilli();
        program.sql("INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors, "
                + "response_time_us, cost_micros, saved_micros, paid_calls, uncached_calls) VALUES ("
                + (midnight + (long) hour * HOUR_MILLIS) + ", " + key + ", '" + endpoint + "', 'miss', 1000, 0, 0, 0, 0, "
                + paid + ", " + uncached + ")");
        program.sql("UPDATE usage_coverage SET days_zone = ''");
    }

    @Test
    void aTableHasTheDaysSharesOfTheMonthsTwoBills() {
        Outcome table = program.done("savings");
        assertThat(table.out()).startsWith("From 2026-07-20 00:00:00 CDT to 2026-08-01 07:00:01 CDT. "
                + "The plan: $10.00 a month, 100 calls included, $0.03 for each past them.");
        assertThat(table.line("2026-07-20")).containsExactly("2026-07-20", "$10.00", "0", "$10.00", "0", "$0.00");
        assertThat(table.line("2026-07-21")).containsExactly("2026-07-21", "$3.90", "230", "$0.00", "90", "$3.90");
        assertThat(table.line("2026-07-30")).containsExactly("2026-07-30", "$2.10", "70", "$0.60", "30", "$1.50");
        assertThat(table.line("total")).containsExactly("total", "$16.00", "300", "$10.60", "120", "$5.40");
    }

    @Test
    void keysEndpointsAndMonthsHaveSharesOfThem() {
        Outcome keys = program.done("savings", "--by", "key");
        assertThat(keys.line("acme")).containsExactly("acme", "$10.666667", "200", "$6.966667", "60", "$3.70");
        assertThat(keys.line("(no key)")).containsExactly("(no key)", "$0.00", "0", "$0.05", "10", "-$0.05");
        assertThat(keys.line("total")).containsExactly("total", "$16.00", "300", "$10.60", "120", "$5.40");
        assertThat(program.done("savings", "--by", "endpoint").line("market_stats")).containsExactly(
                "market_stats", "$3.733333", "70", "$2.483333", "30", "$1.25");
        Outcome months = program.done("savings", "--by", "month", "--from", "2026-06-20");
        assertThat(months.line("2026-06-20")).containsExactly("2026-06-20", "$10.00", "4", "$10.00", "4", "$0.00");
        assertThat(months.line("total")).containsExactly("total", "$26.00", "304", "$20.60", "124", "$5.40");
    }

    @Test
    void aTimeIsWidenedToHoursAndCountsOnFromWhatTheMonthHadBefore() {
        JsonObject report = program.done(
                "savings", "--json", "--from", "2026-07-21T10:30", "--to", "2026-07-31", "--by", "key").json();
        assertThat(report.getString("from")).isEqualTo("2026-07-21T15:00:00Z");
        assertThat(report.getString("to")).isEqualTo("2026-07-31T05:00:00Z");
        assertThat(report.getJsonObject("paid")).isEqualTo(new JsonObject()
                .put("calls", 60).put("micros", 600_000).put("feeMicros", 0).put("callsMicros", 600_000));
        assertThat(report.getJsonObject("withoutCache").getLong("micros")).isEqualTo(3_000_000);
    }

    @Test
    void csvHasAllDigitsAndNoFormulas() {
        assertThat(program.done("savings", "--csv", "--by", "key").out().lines()).containsExactly(
                "key,key_name,without_cache_calls,without_cache_dollars,paid_calls,paid_dollars,saved_dollars",
                "0,,0,0.00,10,0.05,-0.05",
                "1,acme,200,10.666667,60,6.966667,3.70",
                "2,\"'=SUM(A1), \"\"Ltd\"\"\",100,5.333333,50,3.583333,1.75");
    }

    @Test
    void plansAreComparedOnTheSameCalls() {
        Outcome plans = program.done("savings", "plans");
        assertThat(plans.line("(own terms)")).containsExactly(
                "(own terms)", "$10.00", "100", "$0.03", "$16.00", "$10.60", "in force, cheapest");
        assertThat(plans.line("developer")).containsExactly("developer", "$0.00", "50", "$0.20", "$50.00", "$14.00");
        assertThat(program.done("savings", "plans", "--month", "2026-06-20", "--json").json().getJsonArray("plans"))
                .hasSize(5);
    }

    @Test
    void invoicesShareTheBill() {
        Outcome invoices = program.done("invoice");
        assertThat(invoices.out().lines().map(line -> List.of(line.split(" {2,}"))))
                .contains(List.of("acme", "properties", "200", "60", "$6.666667", "$0.30", "$6.966667"))
                .contains(List.of("acme", "total", "200", "60", "$6.666667", "$0.30", "$6.966667"));
        assertThat(invoices.line("the whole bill")).containsExactly("the whole bill", "120", "$10.00", "$0.60", "$10.60");
        assertThat(program.done("invoice", "2026-07-20", "--csv").out().lines()).containsExactly(
                "month,key,key_name,endpoint,answers,paid_calls,fee_dollars,calls_dollars,dollars",
                "2026-07-20,0,,market_stats,0,10,0.00,0.05,0.05",
                "2026-07-20,1,acme,properties,200,60,6.666667,0.30,6.966667",
                "2026-07-20,2,\"'=SUM(A1), \"\"Ltd\"\"\",market_stats,70,20,2.333333,0.10,2.433333",
                "2026-07-20,2,\"'=SUM(A1), \"\"Ltd\"\"\",properties,30,30,1.00,0.15,1.15");
        JsonObject one = program.done("invoice", "--key", "acme", "--json").json();
        assertThat(one.getJsonArray("invoices")).hasSize(1);
        assertThat(one.getJsonArray("invoices").getJsonObject(0).getLong("micros")).isEqualTo(6_966_667);
        assertThat(one.getBoolean("complete")).isFalse();
    }

    @Test
    void whereConsumersPayThereAreBillsOfTheirOwnAndNothingToInvoice() {
        program.variable("UPSTREAM_KEY", "consumer");
        Outcome keys = program.done("savings", "--by", "key");
        assertThat(keys.out()).contains("these are the bills of 3 accounts");
        assertThat(keys.line("acme")).containsExactly("acme", "$13.00", "200", "$10.00", "60", "$3.00");
        assertThat(keys.line("total")).containsExactly("total", "$33.00", "300", "$30.00", "120", "$3.00");
        assertThat(program.done("savings").line("2026-07-21"))
                .containsExactly("2026-07-21", "$23.00", "230", "$20.00", "90", "$3.00");
        assertThat(program.run("invoice")).returns(1, Outcome::code)
                .extracting(Outcome::err).asString().contains("nothing to invoice");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "savings --from yesterday", "savings --from 2026-08-02", "savings --to 2026-07-20", "savings --by week",
        "savings --json --csv", "savings plans --month 2026-07-21", "invoice 2026-08-20", "invoice july",
        "savings --from 2026-07-30 --to 2026-07-29"})
    void wrongWordsSayWhatIsAllowed(String words) {
        assertThat(program.run(words.split(" "))).returns(2, Outcome::code)
                .extracting(Outcome::err).asString().isNotBlank();
    }

    @Test
    void aDayInAMonthSaysWhenThatBegan() {
        assertThat(program.run("invoice", "2026-07-21").err()).contains("2026-07-20");
        assertThat(program.run("invoice", "--key", "nobody")).returns(1, Outcome::code);
    }
}

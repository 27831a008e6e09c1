package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.cli.Program.Outcome;

/** Usage and money, as an operator sees them. */
class StatsCommandTest {
    @TempDir
    private Path directory;
    private Program program;

    @BeforeEach
    void fill() throws Exception {
        program = new Program(directory);
        program.done("stats");
        Instant hour = Program.START.minus(Duration.ofDays(3));
        rollup(hour, "properties", CacheResult.HIT_NEAR, 6, 0, 600, 0, 180_000);
        rollup(hour, "properties", CacheResult.COALESCED, 1, 0, 400, 0, 30_000);
        rollup(hour, "properties", CacheResult.MISS, 2, 0, 9_000_000, 60_000, 0);
        rollup(hour, "properties", CacheResult.FAILED, 1, 1, 1_000_000, 0, 0);
        rollup(hour, "properties", CacheResult.REFUSED, 10, 10, 1_000, 0, 0);
        rollup(hour, "market_stats", CacheResult.BYPASS, 1, 0, 5_000, 30_001, 0);
        rollup(Program.START.minus(Duration.ofDays(40)), "properties", CacheResult.MISS, 1, 0, 1, 30_000, 0);
    }

    private void rollup(
            Instant hour, String endpoint, CacheResult result, long requests, long errors, long micros, long cost,
            long saved) throws Exception {
        program.sql("INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors, "
                + "response_time_us, cost_micros, saved_micros) VALUES (" + hour.toEpochMilli() + ", 1, '" + endpoint + "', '"
                + result.text() + "', " + requests + ", " + errors + ", " + micros + ", " + cost + ", " + saved + ")");
    }

    @Test
    void aTableHasEachEndpointAndTheTotal() {
        Outcome table = program.done("stats");

        assertThat(table.out()).startsWith("The last 30 days:");
        assertThat(table.line("properties")).containsExactly(
                "properties", "20", "7", "70.0 %", "3", "11", "500.100 ms", "$0.06", "$0.21");
        assertThat(table.line("market_stats")).containsExactly(
                "market_stats", "1", "0", "0.0 %", "1", "0", "5.000 ms", "$0.030001", "$0.00");
        assertThat(table.line("total")).startsWith("total", "21", "7", "63.6 %", "4", "11");
        assertThat(table.line("total")).endsWith("$0.090001", "$0.21");
    }

    @Test
    void jsonHasTheSameNumbers() {
        JsonObject report = program.done("stats", "--json", "--endpoint", "properties").json();

        assertThat(report.getString("from")).isEqualTo("2026-07-02T12:00:00Z");
        assertThat(report.getString("to")).isEqualTo("2026-08-01T12:00:00Z");
        assertThat(report.getJsonArray("endpoints")).hasSize(1);
        JsonObject properties = report.getJsonArray("endpoints").getJsonObject(0);
        assertThat(properties.getString("endpoint")).isEqualTo("properties");
        assertThat(properties.getLong("requests")).isEqualTo(20);
        assertThat(properties.getDouble("hitRatio")).isEqualTo(0.7);
        assertThat(properties.getDouble("averageMillis")).isEqualTo(500.1);
        assertThat(properties.getDouble("spent")).isEqualTo(0.06);
        assertThat(properties.getDouble("saved")).isEqualTo(0.21);
        assertThat(report.getJsonObject("total").getLong("requests")).isEqualTo(20);
    }

    @Test
    void csvHasOneLineAnEndpoint() {
        assertThat(program.done("stats", "--csv").out().lines()).containsExactly(
                "endpoint,requests,hits,hit_ratio,misses,errors,average_ms,spent,saved",
                "market_stats,1,0,0.0000,1,0,5.000,0.030001,0.00",
                "properties,20,7,0.7000,3,11,500.100,0.06,0.21");
    }

    @Test
    void theDaysSayHowFarBack() {
        assertThat(program.done("stats", "--days", "60", "--endpoint", "properties").line("properties"))
                .startsWith("properties", "21");
        assertThat(program.done("stats", "--days", "1").out())
                .isEqualToIgnoringNewLines("The last 1 day: no requests.");
    }

    @Test
    void wrongWordsSayWhatIsAllowed() {
        assertThat(program.run("stats", "--days", "0")).returns(2, Outcome::code)
                .extracting(Outcome::err).asString().contains("from 1 to 3650");
        assertThat(program.run("stats", "--days", "all").code()).isEqualTo(2);
        assertThat(program.run("stats", "--endpoint", "prices")).returns(2, Outcome::code)
                .extracting(Outcome::err).asString().contains("market_stats");
        assertThat(program.run("stats", "--json", "--csv").code()).isEqualTo(2);
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** Reports and explanations are the same whether the database is read here or a server is asked ({@code --server}). */
class ServerReportsTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\S+)");
    private static final String ADMIN = "admin-key-of-the-tests-0123456789abcdef";
    private static final List<String> COMMANDS = List.of(
            "stats", "stats --json --by day,key --endpoint properties", "stats --csv --key 2", "stats --endpoint prices",
            "savings --by key", "savings --csv", "savings plans --month 2026-07-21",
            "invoice --key acme", "invoice 2026-07-20 --key 0 --json", "invoice july",
            "explain /v1/markets?zipCode=78244&nonsense=1 --key-id 2", "explain /v1/markets?zipCode=78244 --key-id 77");

    @TempDir
    private Path directory;

    private Program program() {
        return new Program(directory).variable("PLAN_FEE", "10").variable("PLAN_INCLUDED_CALLS", "100")
                .variable("PLAN_OVERAGE_PRICE", "0.03").variable("PLAN_BILLING_DAY", "20")
                .variable("BOOTSTRAP_API_KEY", ADMIN).variable("SANDBOX", "true").variable("SANDBOX_PORT", "0");
    }

    private static void calls(Program program, String day, long key, String endpoint, long paid, long uncached) {
        long midnight = LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        try {
            program.sql("INSERT INTO usage_rollup_hourly (hour, api_key_id, endpoint, cache_result, requests, errors, "
                    + "response_time_us, cost_micros, saved_micros, paid_calls, uncached_calls) VALUES (" + midnight
                    + ", " + key + ", '" + endpoint + "', 'miss', 1000, 0, 0, 0, 0, " + paid + ", " + uncached + ")");
            program.sql("UPDATE usage_coverage SET days_zone = ''");
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void bothSayTheSame() {
        Program server = program();
        List<Outcome> here = new ArrayList<>();
        List<Outcome> there = new ArrayList<>();
        List<Outcome> explained = new ArrayList<>();
        List<JsonObject> served = new ArrayList<>();
        Outcome ended = server.whenServing(stop -> {
            Program local = program();
            local.done("keys", "create", "acme");
            calls(local, "2026-07-21", 2, "properties", 60, 200);
            calls(local, "2026-07-30", 2, "market_stats", 20, 70);
            calls(local, "2026-07-30", 0, "market_stats", 50, 0);
            Program remote = program().variable("RENTCACHE_ADMIN_KEY", ADMIN)
                    .variable("RENTCACHE_SERVER", server.printed(LISTENS));
            COMMANDS.forEach(words -> {
                here.add(local.run(words.split(" ")));
                there.add(remote.run(words.split(" ")));
            });
            explained.add(remote.run("explain", "/v1/markets?zipCode=78244", "--json"));
            explained.add(local.done("openapi"));
            explained.add(local.done("openapi", "--consumer"));
            served.add(document(server.printed(LISTENS)));
            return stop.getAsInt();
        }).run("serve", "--port", "0");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(here).extracting(Outcome::code).contains(0, 1, 2);
        for (int i = 0; i < COMMANDS.size(); i++) {
            assertThat(both(there.get(i))).as(COMMANDS.get(i)).isEqualTo(both(here.get(i)));
        }
        JsonObject told = explained.get(0).json();
        assertThat(told.getJsonArray("tiers").getJsonObject(0).getString("tier")).isEqualTo("near");
        assertThat(told.getJsonObject("upstream").getString("circuit")).isEqualTo("closed");
        assertThat(explained.get(1).json()).isEqualTo(served.get(0));
        assertThat(explained.get(2).json().getJsonObject("paths").fieldNames())
                .contains("/v1/properties").noneMatch(path -> path.startsWith("/admin"));
    }

    private static JsonObject document(String url) {
        try {
            return new JsonObject(HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url + "/openapi.json")).build(),
                    HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    /** What both know of: the server also has a memory. */
    private static List<Object> both(Outcome outcome) {
        return Stream.of(outcome.code(), outcome.out().lines().filter(line -> !line.strip().startsWith("in near"))
                .map(line -> line.replaceAll(" {2,}", "  ")).toList(), outcome.err()).toList();
    }
}

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.UsageReports;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsLoader;
import systems.supported.rentcache.storage.Database;

/**
 * How long reports take over the sums that 10 million answers in 90 days leave: keys, of which each asks 8 endpoints in
 * every hour and gets 4 kinds of answers, with minutes of the last 7 days. Arguments: how many keys, how often each report
 * is asked for, and a working directory.
 */
public final class Reports {
    private static final long ANSWERS = 10_000_000;
    private static final long DAYS = 90;
    private static final Instant NOW = Instant.parse("2026-03-31T12:34:56Z");
    private static final Instant BEGUN = Instant.parse("2025-12-31T00:00:00Z");
    private static final String COLUMNS = "requests, errors, response_time_us, cost_micros, saved_micros, paid_calls, "
            + "uncached_calls, latency_01, latency_02, latency_11";
    private static final List<String> REPORTS = List.of(
            "from=2025-12-31 groupBy=endpoint", "from=2025-12-31 groupBy=day", "from=2025-12-31 groupBy=key",
            "from=2025-12-31 groupBy=day,result", "from=2025-12-31 groupBy=day,key,endpoint,result",
            "from=2025-12-31T12:34:00Z groupBy=endpoint", "from=2026-03-24 groupBy=hour",
            "from=2026-03-31 groupBy=minute", "from=2026-03-31T11:34:00Z groupBy=minute,result");

    public static void main(String[] arguments) throws Exception {
        int keys = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        Vertx vertx = Vertx.vertx();
        Settings settings = SettingsLoader.load(new SettingsLoader.Sources(
                Path.of(arguments[2]), Optional.empty(), Map.of(), Map.of()));
        Database database = new Database(vertx, settings.storage());
        database.open().await();
        Operation usage = new UsageReports(database, catalog(settings), settings, InstantSource.fixed(NOW)).operations().get("usage");
        report(usage, REPORTS.get(0));
        database.write(connection -> fill(connection, keys)).await();
        report(usage, REPORTS.get(0));
        System.out.println("rows: " + count(database, "daily") + " of days, " + count(database, "hourly")
                + " of hours, " + count(database, "minutely") + " of minutes; answers: "
                + database.reader().query("SELECT SUM(requests) FROM usage_rollup_daily").execute().await().iterator()
                        .next().getLong(0));
        System.out.println("median ms    p99 ms   report");
        for (String asked : REPORTS) {
            long[] nanos = new long[rounds];
            for (int round = -2; round < rounds; round++) {
                long begun = System.nanoTime();
                report(usage, asked);
                if (round >= 0) {
                    nanos[round] = System.nanoTime() - begun;
                }
            }
            Arrays.sort(nanos);
            System.out.printf("%9.1f %9.1f   %s%n", nanos[rounds / 2] / 1e6, nanos[rounds * 99 / 100] / 1e6, asked);
        }
        System.exit(0);
    }

    private static Document report(Operation usage, String asked) throws Exception {
        JsonObject parameters = new JsonObject();
        for (String parameter : asked.split(" ")) {
            parameters.put(parameter.substring(0, parameter.indexOf('=')), parameter.substring(parameter.indexOf('=') + 1));
        }
        return usage.run(new Call(parameters, new JsonObject(), null)).await();
    }

    private static long count(Database database, String table) throws Exception {
        return database.reader().query("SELECT COUNT(*) FROM usage_rollup_" + table).execute().await().iterator().next()
                .getLong(0);
    }

    private static Future<Void> fill(SqlClient connection, int keys) {
        long slots = keys * 8L * 4;
        long hour = ANSWERS / (DAYS * 24 * slots);
        return insert(connection, "hourly", "hour", BEGUN, 3_600_000, DAYS * 24, keys, Math.max(1, hour))
                .compose(hours -> insert(
                        connection, "minutely", "minute", NOW.minusSeconds(7 * 86_400), 60_000, 7 * 24 * 60,
                        Math.max(1, keys / 10), 1))
                .compose(minutes -> connection.query("INSERT INTO usage_totals_minutely (minute, cache_result, " + COLUMNS
                        + ") SELECT minute, cache_result, " + COLUMNS.replaceAll("\\w+", "SUM($0)")
                        + " FROM usage_rollup_minutely GROUP BY minute, cache_result").execute())
                // Days, and the totals of hours, are made of the hours by the first report.
                .compose(minutes -> connection.query("UPDATE usage_coverage SET days_zone = ''").execute())
                .mapEmpty();
    }

    private static Future<Void> insert(
            SqlClient connection, String table, String column, Instant from, long step, long times, int keys,
            long requests) {
        long first = from.toEpochMilli() / step * step;
        return connection.query("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + (times - 1)
                + "), k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < " + keys + "), e(name) AS (VALUES "
                + "('avm_value'), ('avm_rent'), ('properties'), ('property'), ('listings_sale'), ('listings_rental'), "
                + "('market_stats'), ('random')), r(name) AS (VALUES ('hit_near'), ('hit_sql'), ('miss'), ('refused')) "
                + "INSERT INTO usage_rollup_" + table + " (" + column + ", api_key_id, endpoint, cache_result, " + COLUMNS
                + ") SELECT " + first + " + n.i * " + step + ", k.i, e.name, r.name, " + requests + ", 0, "
                + 40 * requests + ", 30000, 60000, 1, 3, " + requests + ", 0, 0 FROM n, k, e, r").execute().mapEmpty();
    }

    private static Catalog catalog(Settings settings) throws Exception {
        return CatalogFile.load(
                settings.endpoints(), settings.caching().defaultTtl(), settings.limiting().perEndpoint(),
                settings.caching().staleWhileRevalidate());
    }
}

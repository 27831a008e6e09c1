package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Figures as the admin API tells them, made up for a scene: the same ones at the same minute. */
final class StubFigures {
    static final List<String> ENDPOINTS =
            List.of("properties", "avm-value", "avm-rent", "rental-listings", "markets", "sale-listings");
    private static final List<String> RESULTS =
            List.of("hit_near", "hit_redis", "hit_sql", "stale", "miss", "coalesced", "refused", "failed");
    private static final int[] WELL = {62, 14, 9, 4, 6, 3, 2, 0};
    private static final int[] ILL = {38, 0, 9, 22, 0, 0, 11, 20};
    private static final long DOLLAR = 1_000_000;
    private static final long CALL = 200_000;

    private final Scene scene;

    StubFigures(Scene scene) {
        this.scene = scene;
    }

    private boolean broken() {
        return scene == Scene.BROKEN;
    }

    private boolean busy() {
        return scene == Scene.BUSY || broken();
    }

    Instant renewal(Instant now) {
        return now.truncatedTo(ChronoUnit.DAYS).plus(9, ChronoUnit.DAYS);
    }

    Instant beginning(Instant now) {
        return renewal(now).minus(30, ChronoUnit.DAYS);
    }

    JsonObject now(Instant now) {
        int[] shares = broken() ? ILL : WELL;
        JsonObject byResult = new JsonObject();
        for (int index = 0; index < shares.length; index++) {
            byResult.put(RESULTS.get(index), busy() ? shares[index] : 0);
        }
        return new JsonObject()
                .put("v", 1).put("at", now.toString()).put("node", "rentcache-1").put("uptimeSeconds", 183_600)
                .put("requests", new JsonObject().put("total", busy() ? 48_210 : scene == Scene.ONE ? 1 : 0)
                        .put("perSecond", busy() ? 112.0 : 0).put("byResult", byResult).put("inFlight", busy() ? 4 : 0))
                .put("latency", new JsonObject().put("hit", latency(busy(), 210, 1_900))
                        .put("miss", latency(busy() && !broken(), 310_000, 1_240_000)))
                .put("upstream", new JsonObject().put("callsPerSecond", busy() && !broken() ? 3.2 : 0)
                        .put("limitPerSecond", 20).put("queued", broken() ? 31 : 0)
                        .put("circuits", broken() ? new JsonArray()
                                .add(new JsonObject().put("endpoint", "avm-value").put("state", "open"))
                                .add(new JsonObject().put("endpoint", "markets").put("state", "half-open"))
                                : new JsonArray()))
                .put("budget", budget(now))
                .put("money", new JsonObject().put("today", saved(busy() ? 9_120 : scene == Scene.ONE ? 1 : 0))
                        .put("month", saved(busy() ? 48_210 : scene == Scene.ONE ? 1 : 0)))
                .put("health", health(now))
                .put("nodes", nodes(now));
    }

    private static JsonObject latency(boolean some, int p50, int p99) {
        return new JsonObject().put("count", some ? 1_000 : 0).put("p50Micros", some ? p50 : null)
                .put("p99Micros", some ? p99 : null);
    }

    private JsonObject saved(long questions) {
        long free = scene == Scene.ONE ? 0 : questions * 914 / 1000;
        return new JsonObject().put("questions", questions).put("free", free)
                .put("withoutMicros", busy() ? 1_583_700_000L : 74 * DOLLAR)
                .put("paidMicros", busy() ? 299_400_000L : 74 * DOLLAR)
                .put("savedMicros", busy() ? 1_284_300_000L : 0);
    }

    JsonObject budget(Instant now) {
        long limit = 500 * DOLLAR;
        long spent = broken() ? limit : busy() ? 299_400_000L : 74 * DOLLAR;
        return new JsonObject().put("spentMicros", spent).put("reservedMicros", busy() && !broken() ? 600_000 : 0)
                .put("limitMicros", limit).put("calls", busy() ? 4_127 : scene == Scene.ONE ? 1 : 0)
                .put("callsLimit", null).put("percent", (int) (100 * spent / limit))
                .put("step", broken() ? "spent" : "ok")
                .put("projectedMicros", broken() ? 700 * DOLLAR : busy() ? 421_600_000L : 74 * DOLLAR)
                .put("period", beginning(now).toString().substring(0, 10)).put("begins", beginning(now).toString())
                .put("renewsAt", renewal(now).toString());
    }

    private JsonObject health(Instant now) {
        String since = now.minus(Duration.ofMinutes(31)).toString();
        return new JsonObject()
                .put("database", check(true, "works", now))
                .put("cache", broken() ? check(false, "Redis does not answer", now).put("since", since)
                        : check(true, "works", now))
                .put("upstream", broken() ? check(false, "5 of the last 5 calls failed", now).put("since", since)
                        : check(true, "works", now))
                .put("disk", broken() ? check(false, "41 MiB free", now) : check(true, "81220 MiB free", now));
    }

    private static JsonObject check(boolean up, String detail, Instant now) {
        return new JsonObject().put("status", up ? "up" : "down").put("detail", detail)
                .put("since", now.minus(Duration.ofDays(2)).toString());
    }

    JsonArray nodes(Instant now) {
        JsonArray nodes = new JsonArray().add(node("rentcache-1", "up", 183_600, now));
        if (busy()) {
            nodes.add(node("rentcache-2", broken() ? "gone" : "up", 97_200, now));
        }
        return nodes;
    }

    private static JsonObject node(String name, String state, int uptime, Instant now) {
        return new JsonObject().put("id", name + "-7f3a").put("name", name).put("version", "0.1.0").put("host", "10.0.0.4")
                .put("startedAt", now.minusSeconds(uptime).toString())
                .put("lastSeen", now.minusSeconds(state.equals("up") ? 1 : 1_860).toString())
                .put("roles", new JsonArray().add("warmer")).put("state", state).put("self", name.endsWith("1"));
    }

    /** A report by time, in the steps of {@code unit}. */
    JsonArray rows(Instant from, Instant to, ChronoUnit unit) {
        JsonArray rows = new JsonArray();
        long step = unit.getDuration().toSeconds();
        long start = from.getEpochSecond() / step * step;
        if (scene == Scene.EMPTY) {
            return rows;
        }
        if (scene == Scene.ONE) {
            return rows.add(row((to.getEpochSecond() - 240) / step * step, new long[] {0, 0, 0, 0, 1, 0, 0, 0}, 1, 0));
        }
        for (long at = start; at < to.getEpochSecond(); at += step) {
            // A node was stopped for four minutes of each hour's first half: a gap in the plots.
            if (step > 60 || at / 60 % 60 < 17 || at / 60 % 60 > 20) {
                rows.add(busyRow(at, Math.min(step, to.getEpochSecond() - at)));
            }
        }
        return rows;
    }

    private JsonObject busyRow(long at, long step) {
        double wave = 1 + 0.45 * Math.sin(at / 1_700.0) + 0.2 * Math.sin(at / 97.0) + 0.12 * Math.sin(at / 31.0);
        int[] shares = broken() && at % 86_400 / 3_600 % 2 == 0 ? ILL : WELL;
        long[] counts = new long[shares.length];
        for (int index = 0; index < shares.length; index++) {
            counts[index] = Math.round(shares[index] * wave * step * (1 + 0.15 * Math.sin(at / 60.0 * (index + 1))));
        }
        return row(at, counts, 1 + 0.3 * Math.sin(at / 400.0), counts[4] / 2);
    }

    private static JsonObject row(long at, long[] counts, double slow, long paid) {
        JsonObject byResult = new JsonObject();
        long all = 0;
        for (int index = 0; index < counts.length; index++) {
            byResult.put(RESULTS.get(index), counts[index]);
            all += counts[index];
        }
        boolean hits = counts[0] > 0;
        boolean misses = counts[4] > 0;
        return new JsonObject().put("at", Instant.ofEpochSecond(at).toString()).put("requests", all)
                .put("hits", counts[0] + counts[1] + counts[2]).put("stale", counts[3]).put("misses", counts[4])
                .put("refused", counts[6]).put("errors", counts[7]).put("byResult", byResult)
                .put("paidCalls", Math.max(paid, misses ? 1 : 0)).put("hitRatio", all == 0 ? null : 0.91)
                .put("averageMicros", 4_000)
                .put("hitP50Micros", hits ? (int) (190 * slow) : null)
                .put("hitP99Micros", hits ? (int) (2_100 * slow * slow) : null)
                .put("missP50Micros", misses ? (int) (300_000 * slow) : null)
                .put("missP99Micros", misses ? (int) (1_150_000 * slow) : null)
                .put("costMicros", paid * CALL).put("savedMicros", hits ? counts[0] * CALL : 0);
    }
}

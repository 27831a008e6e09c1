package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.PipelinedClient.Reply;
import systems.supported.rentcache.app.PipelinedClient.Request;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.sandbox.Bill;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;

/**
 * The money, to the last digit: a hundred thousand requests of all kinds over two billing months go through a node. What
 * it says was paid is what the sandbox bills; what it says the same answers would have cost is what a second sandbox
 * says of each question when it is asked directly. One test, for its numbers belong together.
 */
class BillTest {
    private static final int REQUESTS_A_PHASE = 25_000;
    private static final int PROPERTIES = 250;
    private static final int ESTIMATED = 8;
    private static final String UPSTREAM_KEY = "shared-key";
    private static final long PRICE = 30_000;
    private static final long FEE = 74_000_000;
    private static final long INCLUDED = 300;
    /** The billing months begin on the 15th in Chicago. */
    private static final String FIRST_MONTH = "2026-02-15";
    private static final String SECOND_MONTH = "2026-03-15";
    private static final List<String> ZIPS = List.of("78244", "78245", "78247", "78249", "78250");

    @TempDir
    private Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final Random random = new Random(42);
    private SandboxServer upstream;
    private SandboxServer direct;
    private Node node;
    private List<JsonObject> properties;
    private final Map<String, Long> keys = new HashMap<>();
    private List<String> guests;
    private String refresher;
    private String limited;

    /** What was asked and answered, summed as the reports sum it: billed calls that the answers would have cost. */
    private final Map<String, Long> uncachedByDay = new TreeMap<>();
    private final Map<String, Long> uncachedByKey = new TreeMap<>();
    private final Map<String, Long> uncachedByEndpoint = new TreeMap<>();
    private final Map<String, Long> paidByDay = new TreeMap<>();
    private final Set<Integer> statuses = new TreeSet<>();
    private final Set<String> caches = new TreeSet<>();
    private int requests;

    /**
     * A request, and which questions to Rentcast it stands for.
     *
     * @param questions Rentcast's targets, one a part of a bulk request
     */
    private record Ask(String method, String target, String key, String header, String body, List<String> questions) {
        static Ask get(String key, String question) {
            return new Ask("GET", "/v1" + question, key, "", "", List.of(question));
        }

        Ask with(String line) {
            return new Ask(method, target, key, line + "\r\n", body, questions);
        }

        Request request() {
            return new Request(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n"
                    + (key == null ? "" : "X-Api-Key: " + key + "\r\n") + header, body);
        }

        boolean isBulk() {
            return !body.isEmpty();
        }
    }

    @BeforeEach
    void start() {
        node = Node.in(directory);
        SandboxOptions options = SandboxOptions.standard(0).withApiKeys(Set.of(UPSTREAM_KEY, SandboxServer.API_KEY))
                .withCallsPerSecond(0).withPricePerCallMicros(PRICE).withClock(node.clock);
        upstream = Node.await(SandboxServer.start(vertx, options));
        direct = Node.await(SandboxServer.start(vertx, options));
        List.of("PROPERTIES", "PROPERTIES_RANDOM", "VALUE_ESTIMATE", "RENT_ESTIMATE", "MARKET_STATS")
                .forEach(endpoint -> node.with("RATE_LIMIT_" + endpoint, "unlimited"));
        node.with("SANDBOX", false)
                .with("RENTCAST_API_URL", "http://127.0.0.1:" + upstream.port() + "/v1")
                .with("RENTCAST_API_KEY", UPSTREAM_KEY)
                .with("UPSTREAM_RATE_LIMIT", "unlimited")
                .with("RENTCAST_MAX_RETRIES", 0)
                .with("GLOBAL_RATE_LIMIT", "unlimited")
                .with("TIME_ZONE", "America/Chicago")
                .with("PLAN_FEE", "74")
                .with("PLAN_INCLUDED_CALLS", INCLUDED)
                .with("PLAN_OVERAGE_PRICE", "0.03")
                .with("PLAN_BILLING_DAY", 15)
                .start();
        guests = List.of(newKey("one", Permission.READ, Quota.UNLIMITED), newKey("two", Permission.READ, Quota.UNLIMITED));
        refresher = newKey("refresher", Permission.REFRESH, Quota.UNLIMITED);
        limited = newKey("limited", Permission.READ, 100);
        properties = new JsonArray(Buffer.buffer(Node.askUpstream(
                direct, "/properties?zipCode=" + ZIPS.get(0) + "&limit=" + PROPERTIES))).stream()
                .map(JsonObject.class::cast).toList();
    }

    private String newKey(String name, Permission permission, long dailyLimit) {
        String value = node.newKey(new KeySpec(name, EnumSet.of(Permission.READ, permission), dailyLimit, Quota.UNLIMITED,
                Optional.empty(), Map.of(), null));
        keys.put(value, node.keys(store -> store.find(name)).orElseThrow().id());
        return value;
    }

    @AfterEach
    void stop() {
        node.close();
        Node.await(upstream.close());
        Node.await(direct.close());
        Node.await(vertx.close());
    }

    @Test
    void aHundredThousandRequestsAreBilledToTheLastDigit() {
        phase("2026-03-01", this::loseAnswers);
        node.clock.advance(Duration.ofHours(26));
        phase("2026-03-02");
        long firstMonthsCost = upstream.bill().costMicros();
        node.clock.advance(Duration.ofDays(14));
        phase("2026-03-16");
        node.clock.advance(Duration.ofHours(26));
        // It may open circuits, which stay so for longer than the test wants to wait.
        upstream.faults(Faults.parse(new JsonObject().put("status", 500).put("errorRate", 0.3).put("times", 200)));
        phase("2026-03-17");
        assertThat(requests).isGreaterThanOrEqualTo(100_000);
        assertMixed();

        Bill bill = upstream.bill();
        long paid = bill(firstMonthsCost) + bill(bill.costMicros() - firstMonthsCost);
        JsonObject byDay = savings("day");
        assertThat(byDay.getJsonObject("paid").getLong("calls")).isEqualTo(bill.billed());
        assertThat(byDay.getJsonObject("paid").getLong("micros")).isEqualTo(paid);
        assertThat(calls(byDay, "day", "withoutCache")).isEqualTo(withoutZeros(uncachedByDay));
        assertThat(calls(byDay, "day", "paid")).isEqualTo(withoutZeros(paidByDay));

        JsonObject byKey = savings("key");
        assertThat(calls(byKey, "key", "withoutCache")).isEqualTo(withoutZeros(uncachedByKey));
        JsonObject byEndpoint = savings("endpoint");
        assertThat(calls(byEndpoint, "endpoint", "withoutCache")).isEqualTo(withoutZeros(uncachedByEndpoint));
        Map<String, Long> billed = new TreeMap<>();
        bill.byEndpoint().forEach((name, counts) -> billed.put(name, counts.billed()));
        assertThat(calls(byEndpoint, "endpoint", "paid")).isEqualTo(withoutZeros(billed));

        JsonObject byMonth = savings("month");
        assertThat(row(byMonth, FIRST_MONTH, "paid")).isEqualTo(bill(firstMonthsCost));
        assertThat(row(byMonth, SECOND_MONTH, "paid")).isEqualTo(bill(bill.costMicros() - firstMonthsCost));
        assertThat(row(byMonth, FIRST_MONTH, "withoutCache"))
                .isEqualTo(bill((uncachedByDay.get("2026-03-01") + uncachedByDay.get("2026-03-02")) * PRICE));
        for (JsonObject report : List.of(byDay, byKey, byEndpoint, byMonth)) {
            assertThat(report.getJsonObject("withoutCache")).isEqualTo(byDay.getJsonObject("withoutCache"));
            assertThat(report.getJsonObject("paid")).isEqualTo(byDay.getJsonObject("paid"));
            for (String amount : List.of("calls", "micros", "feeMicros", "callsMicros")) {
                for (String side : List.of("withoutCache", "paid")) {
                    assertThat(sum(report.getJsonArray("rows"), row -> row.getJsonObject(side).getLong(amount)))
                            .as(report.getString("groupBy") + " " + side + " " + amount)
                            .isEqualTo(report.getJsonObject(side).getLong(amount));
                }
            }
            assertThat(sum(report.getJsonArray("rows"), row -> row.getLong("savedMicros")))
                    .isEqualTo(report.getLong("savedMicros"))
                    .isEqualTo(byDay.getJsonObject("withoutCache").getLong("micros") - paid);
        }
        assertInvoices(FIRST_MONTH, firstMonthsCost);
        assertInvoices(SECOND_MONTH, bill.costMicros() - firstMonthsCost);
        assertPlans(bill.costMicros() - firstMonthsCost);
    }

    /** What the plan makes of a month's calls that the sandbox prices one by one. */
    private static long bill(long cost) {
        return FEE + Math.max(0, cost - INCLUDED * PRICE);
    }

    private void assertMixed() {
        assertThat(caches).contains("HIT", "MISS", "STALE");
        assertThat(statuses).contains(200, 304, 400, 401, 404, 429, 502, 504);
        assertThat(uncachedByEndpoint.keySet())
                .contains("properties", "properties_random", "value_estimate", "rent_estimate", "market_stats");
        assertThat(uncachedByKey).hasSizeGreaterThanOrEqualTo(4);
    }

    private void assertInvoices(String month, long cost) {
        JsonObject report = node.get("/admin/v1/invoices/" + month).json();
        assertThat(report.getJsonObject("paid").getLong("micros")).isEqualTo(bill(cost));
        assertThat(report.getLong("ledgerCalls")).isEqualTo(cost / PRICE);
        JsonArray invoices = report.getJsonArray("invoices");
        assertThat(invoices.size()).isGreaterThanOrEqualTo(4);
        assertThat(sum(invoices, invoice -> invoice.getLong("micros"))).isEqualTo(bill(cost));
        assertThat(sum(invoices, invoice -> sum(invoice.getJsonArray("lines"), line -> line.getLong("micros"))))
                .isEqualTo(bill(cost));
        List<String> lines = node.get("/admin/v1/invoices/" + month + "?format=csv").text().lines().toList();
        assertThat(lines.get(0)).isEqualTo(
                "month,key,key_name,endpoint,answers,paid_calls,fee_dollars,calls_dollars,dollars");
        assertThat(lines.stream().skip(1).map(line -> new BigDecimal(line.split(",")[8]))
                .reduce(BigDecimal.ZERO, BigDecimal::add).movePointRight(6).longValueExact())
                .isEqualTo(bill(cost));
    }

    private void assertPlans(long cost) {
        JsonArray plans = node.get("/admin/v1/savings/plans?month=" + SECOND_MONTH).json().getJsonArray("plans");
        Map<String, Long> paid = new HashMap<>();
        plans.forEach(plan -> paid.put(
                ((JsonObject) plan).getJsonObject("plan").getString("name"),
                ((JsonObject) plan).getJsonObject("paid").getLong("micros")));
        assertThat(paid.get(null)).isEqualTo(bill(cost));
        long calls = cost / PRICE;
        assertThat(paid.get("developer")).isEqualTo((calls - 50) * 200_000);
        assertThat(paid.get("scale")).isEqualTo(449_000_000 + Math.max(0, calls - 25_000) * 15_000);
    }

    private JsonObject savings(String groupBy) {
        return node.get("/admin/v1/savings?from=" + FIRST_MONTH + "&groupBy=" + groupBy).json();
    }

    private static Map<String, Long> calls(JsonObject report, String name, String side) {
        Map<String, Long> calls = new TreeMap<>();
        report.getJsonArray("rows").forEach(one -> {
            JsonObject row = (JsonObject) one;
            calls.merge(String.valueOf(row.getValue(name)), row.getJsonObject(side).getLong("calls"), Long::sum);
        });
        return withoutZeros(calls);
    }

    private static Map<String, Long> withoutZeros(Map<String, Long> calls) {
        Map<String, Long> some = new TreeMap<>(calls);
        some.values().removeIf(count -> count == 0);
        return some;
    }

    private static long row(JsonObject report, String month, String side) {
        return report.getJsonArray("rows").stream().map(JsonObject.class::cast)
                .filter(row -> row.getString("month").equals(month)).findFirst().orElseThrow()
                .getJsonObject(side).getLong("micros");
    }

    private static long sum(JsonArray rows, ToLongFunction<JsonObject> amount) {
        return rows.stream().mapToLong(row -> amount.applyAsLong((JsonObject) row)).sum();
    }

    private void phase(String day) {
        phase(day, today -> { });
    }

    /** A day's requests; what the sandbox bills for them and what each answer would have cost is taken down. */
    private void phase(String day, Consumer<String> also) {
        long billedBefore = upstream.bill().billed();
        also.accept(day);
        List<Ask> asks = IntStream.range(0, REQUESTS_A_PHASE).mapToObj(i -> ask()).toList();
        Map<String, Boolean> billed = askDirectly(asks);
        Reply[] replies = PipelinedClient.ask(node.port(), asks.stream().map(Ask::request).toList());
        for (int i = 0; i < replies.length; i++) {
            answered(asks.get(i), replies[i], day, billed);
        }
        // Refreshing goes on behind the answers, and usage is written once a second.
        Node.until("all that the sandbox bills is in the report, and nothing else", () ->
                paidOn(day) == upstream.bill().billed() - billedBefore);
        paidByDay.put(day, upstream.bill().billed() - billedBefore);
    }

    private long paidOn(String day) {
        return calls(savings("day"), "day", "paid").getOrDefault(day, 0L);
    }

    /** Answers that Rentcast sends, and bills, and that break off on their way. */
    private void loseAnswers(String day) {
        Faults lost = Faults.parse(new JsonObject().put("disconnect", true).put("times", 4));
        upstream.faults(lost);
        direct.faults(lost);
        long before = direct.bill().billed();
        for (int i = 0; i < 4; i++) {
            String question = "/properties?zipCode=78244&limit=1&offset=" + (5_000 + i);
            assertThat(node.getWithKey(guests.get(0), "/v1" + question).status()).isEqualTo(502);
            try {
                Node.askUpstream(direct, question);
            } catch (AssertionError brokeOff) {
                // That is what was wanted of it.
            }
            requests++;
        }
        count(day, guests.get(0), "properties", direct.bill().billed() - before);
        assertThat(direct.bill().billed() - before).isEqualTo(4);
    }

    /** Which of the questions the second sandbox bills, each asked once. */
    private Map<String, Boolean> askDirectly(List<Ask> asks) {
        List<String> questions = asks.stream().flatMap(ask -> ask.questions().stream()).distinct().toList();
        long before = direct.bill().billed();
        Reply[] replies = PipelinedClient.ask(direct.port(), questions.stream()
                .map(question -> Ask.get(UPSTREAM_KEY, question).request()).toList());
        Map<String, Boolean> billed = new HashMap<>();
        for (int i = 0; i < replies.length; i++) {
            billed.put(questions.get(i), replies[i].status() == 200 && replies[i].body().length > 0);
        }
        assertThat(billed.values().stream().filter(paid -> paid).count()).isEqualTo(direct.bill().billed() - before);
        return billed;
    }

    private void answered(Ask ask, Reply reply, String day, Map<String, Boolean> billed) {
        requests++;
        statuses.add(reply.status());
        caches.add(String.valueOf(reply.cache()));
        List<Integer> parts = ask.isBulk() ? new JsonObject(Buffer.buffer(reply.body())).getJsonArray("results").stream()
                .map(part -> ((JsonObject) part).getInteger("status")).toList() : List.of(reply.status());
        for (int i = 0; i < parts.size(); i++) {
            String question = ask.questions().get(i);
            // For one that was refused, or that Rentcast failed to answer, nothing would have been paid, nor for a HEAD.
            if (!ask.method().equals("HEAD") && (parts.get(i) == 200 || parts.get(i) == 304) && billed.get(question)) {
                count(day, ask.key(), endpoint(question), 1);
            }
        }
    }

    private void count(String day, String key, String endpoint, long calls) {
        uncachedByDay.merge(day, calls, Long::sum);
        uncachedByKey.merge(String.valueOf(keys.get(key)), calls, Long::sum);
        uncachedByEndpoint.merge(endpoint, calls, Long::sum);
    }

    private static String endpoint(String question) {
        return question.startsWith("/properties/random") ? "properties_random"
                : question.startsWith("/properties") ? "properties"
                : question.startsWith("/avm/value") ? "value_estimate"
                : question.startsWith("/avm/rent") ? "rent_estimate" : "market_stats";
    }

    /** Any request: most are for what many ask, as it is; the others are what else is to be expected. */
    private Ask ask() {
        String key = guests.get(random.nextInt(2));
        int kind = random.nextInt(1_000);
        if (kind < 700) {
            return Ask.get(key, property());
        }
        if (kind < 780) {
            return Ask.get(key, market());
        }
        if (kind < 840) {
            return estimate(key);
        }
        if (kind < 880) {
            String question = property();
            return new Ask("HEAD", "/v1" + question, key, "", "", List.of(question));
        }
        if (kind < 900) {
            return Ask.get(key, property()).with("If-None-Match:*");
        }
        if (kind < 930) {
            return Ask.get(key, "/properties/no-such-property-" + random.nextInt(20));
        }
        if (kind < 950) {
            return Ask.get(key, "/properties?zipCode=78244&limit=0");
        }
        if (kind < 970) {
            return Ask.get(limited, property());
        }
        if (kind < 980) {
            return Ask.get(null, property());
        }
        if (kind < 982) {
            return bulk(key);
        }
        if (kind < 985) {
            return Ask.get(key, "/properties/random?limit=1");
        }
        if (kind < 988) {
            return Ask.get(refresher, property()).with("Cache-Control:no-cache");
        }
        return Ask.get(key, "/properties?zipCode=78244&limit=1&offset=" + (3_000 + random.nextInt(500)))
                .with("Cache-Control:only-if-cached");
    }

    /** Some are asked much more often than others. */
    private String property() {
        int which = (int) (Math.pow(random.nextDouble(), 3) * PROPERTIES);
        return which % 4 == 0
                ? "/properties?zipCode=" + ZIPS.get(0) + "&limit=1&offset=" + which
                : "/properties/" + encoded(properties.get(which).getString("id"));
    }

    private String market() {
        return "/markets?zipCode=" + ZIPS.get(random.nextInt(ZIPS.size())) + "&historyRange=1";
    }

    private String address() {
        return properties.get(random.nextInt(ESTIMATED)).getString("formattedAddress");
    }

    private Ask estimate(String key) {
        String address = "?address=" + encoded(address()) + "&compCount=5";
        return switch (random.nextInt(3)) {
            case 0 -> Ask.get(key, "/avm/value" + address);
            case 1 -> Ask.get(key, "/avm/rent/long-term" + address);
            default -> new Ask("GET", "/api/v1/estimates/value" + address, key, "", "",
                    List.of("/avm/value" + address));
        };
    }

    private Ask bulk(String key) {
        List<String> some = IntStream.range(0, 5).mapToObj(i -> address()).toList();
        return new Ask(
                "POST", "/api/v1/estimates/value/bulk", key, "",
                new JsonObject().put("addresses", new JsonArray(some)).encode(),
                some.stream().map(address -> "/avm/value?address=" + encoded(address)).toList());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

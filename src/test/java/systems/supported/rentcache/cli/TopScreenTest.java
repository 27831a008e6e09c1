package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/** The picture of {@code rentcache top}. */
class TopScreenTest {
    private static JsonObject now() {
        return new JsonObject("""
                {"v": 1, "at": "2026-03-01T12:34:56.789Z", "node": "one", "uptimeSeconds": 3725,
                 "requests": {"recorded": true, "total": 12345, "perSecond": 200, "inFlight": 3,
                              "byResult": {"hit_near": 150, "hit_sql": 20, "stale": 10, "miss": 19, "failed": 1}},
                 "latency": {"hit": {"count": 180, "p50Micros": 12, "p99Micros": 1500},
                             "miss": {"count": 19, "p50Micros": 120400, "p99Micros": 2500000}},
                 "upstream": {"callsPerSecond": 18.0, "limitPerSecond": 20.0, "queued": 7,
                              "circuits": [{"endpoint": "properties", "state": "open"},
                                           {"endpoint": "market_stats", "state": "closed"}]},
                 "budget": {"spentMicros": 76500000, "reservedMicros": 0, "limitMicros": 90000000, "calls": 1041,
                            "callsLimit": 1266, "percent": 82, "step": "warn", "projectedMicros": 91234567,
                            "period": "2026-03-01"},
                 "money": {"today": {"questions": 100, "free": 90, "savedMicros": 2700000},
                           "month": {"questions": 5000, "free": 4000, "savedMicros": 120005000}},
                 "health": {"database": {"status": "up"}, "cache": {"status": "down", "detail": "disk full"}},
                 "nodes": [{"name": "one", "state": "up"}, {"name": "two", "state": "gone"}]}""");
    }

    private static TopView view(JsonObject now) {
        return new TopView(now, List.of(
                new TopView.Event("cache.miss", new JsonObject().put("at", "2026-03-01T12:34:55Z")
                        .put("endpoint", "properties").put("reason", "uri-miss").put("keyId", 3)
                        .put("parameters", new JsonObject().put("zipCode", "78244"))),
                new TopView.Event("budget.step", new JsonObject().put("at", "2026-03-01T12:34:50Z")
                        .put("budget", "account").put("percent", 80))), "", false, false);
    }

    private static List<String> text(TopView view, int columns, int rows) {
        return TopScreen.lines(view, columns, rows).stream().map(AttributedString::toString)
                .map(String::stripTrailing).toList();
    }

    @Test
    void everythingOfWeightIsOnTheSmallestScreen() {
        List<String> lines = text(view(now()), TopScreen.LEAST_COLUMNS, TopScreen.LEAST_ROWS);
        assertThat(lines.get(0)).isEqualTo("RentCache one  up 1h 2m  12:34:56Z");
        assertThat(lines.get(1)).startsWith("Budget    [################----] 82 % warning  $76.50");
        assertThat(lines.get(2)).startsWith("Saved     today $2.70 (90 of 100 free)  month $120.01");
        assertThat(lines.get(3)).isEqualTo("Requests  200/s  total 12345  waiting 3");
        assertThat(lines.get(5)).contains("N near 150", "S sql 20", "T stale 10", "M miss 19").doesNotContain("redis");
        assertThat(lines.get(6)).isEqualTo("Latency   hit p50 12 µs p99 1.5 ms   miss p50 120.4 ms p99 2");
        assertThat(lines.get(7)).isEqualTo("Rentcast  [##################--] 18 of 20 calls/s  queued 7");
        assertThat(lines.get(8)).isEqualTo("Circuits  properties open");
        assertThat(lines.get(9)).isEqualTo("Health    DOWN cache: disk full");
        assertThat(lines.get(10)).isEqualTo("Nodes     one  two GONE");
        assertThat(lines.get(11)).isEqualTo("Events");
        assertThat(lines.get(12)).startsWith("12:34:55Z cache.miss properties uri-miss key 3");
        assertThat(lines.get(13)).isEqualTo("12:34:50Z budget.step account 80 %");
        assertThat(lines.get(19)).isEqualTo("q quit   p pause   h help");
    }

    @Test
    void thePartsOfTheBarAreLettersInProportion() {
        String bar = text(view(now()), 112, 30).get(4).strip();
        assertThat(bar).matches("\\[N{75}S{10}T{5}M{9,10}F?]").hasSize(102);
    }

    @Test
    void eachTierHasAColourAndALetterOfItsOwn() {
        Set<Object> styles = new HashSet<>();
        Set<Object> letters = new HashSet<>();
        for (TopTier tier : TopTier.values()) {
            assertThat(styles.add(tier.style())).as(tier.name()).isTrue();
            assertThat(letters.add(tier.letter())).as(tier.name()).isTrue();
        }
    }

    @Test
    void whatIsNotKnownIsSaid() {
        List<String> lines = text(new TopView(null, List.of(), "no connection, trying again", true, false), 80, 24);
        assertThat(lines.get(0)).isEqualTo("RentCache  PAUSED  no connection, trying again");
        assertThat(lines.get(1)).isEqualTo("Budget    not known");
        assertThat(lines.get(5).strip()).isEqualTo("no requests in the last second");
        assertThat(lines.get(6)).isEqualTo("Latency   hit p50 - p99 -   miss p50 - p99 -");
        assertThat(lines).contains("Health    not known", "none yet");
    }

    @Test
    void aBudgetOfCallsAndNoneAtAllAreTold() {
        JsonObject calls = now();
        calls.getJsonObject("budget").put("limitMicros", null);
        assertThat(text(view(calls), 120, 24).get(1)).contains("1041 of 1266 calls  at the end $91.23");
        calls.getJsonObject("budget").put("callsLimit", null).put("projectedMicros", null);
        assertThat(text(view(calls), 120, 24).get(1)).isEqualTo("Budget    $76.50 spent, no limit");
    }

    @Test
    void aServerCannotCommandTheTerminal() {
        JsonObject now = now().put("node", "\u001b[2Jevil").put("nodes", new JsonArray()
                .add(new JsonObject().put("name", "a\u0007b").put("state", "up")));
        TopView view = new TopView(now, List.of(new TopView.Event("x\u001b]0;", new JsonObject())), "\r", false, false);
        assertThat(String.join("", text(view, 120, 30))).doesNotContain("\u001b", "\u0007", "\r");
    }

    @Test
    void helpTakesThePlaceOfTheEvents() {
        List<String> lines = text(new TopView(now(), view(now()).events(), "", false, true), 60, 20);
        assertThat(lines).contains("q  quits; so does Ctrl-C").doesNotContain("Events");
    }

    @Property(tries = 300)
    void thePictureFitsEveryTerminal(
            @ForAll @IntRange(min = 1, max = 300) int columns, @ForAll @IntRange(min = 1, max = 80) int rows,
            @ForAll @IntRange(max = 300) int events, @ForAll boolean help) {
        TopView view = new TopView(now(), IntStream.range(0, events).mapToObj(i -> new TopView.Event(
                "cache.miss", new JsonObject().put("reason", "漢字".repeat(i)))).collect(Collectors.toList()),
                "", false, help);
        List<AttributedString> lines = TopScreen.lines(view, columns, rows);
        assertThat(lines).hasSize(rows);
        assertThat(lines).allMatch(line -> line.columnLength() <= columns);
    }

    @Test
    void aSnapshotIsPlainTextWithoutEmptyLines() {
        List<String> lines = TopScreen.snapshot(view(now()), 120);
        assertThat(lines).hasSize(11).noneMatch(String::isBlank);
        assertThat(String.join("\n", lines)).doesNotContain("\u001b").doesNotContain("quit");
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** The picture that {@code rentcache top} draws: figures and a size in, lines out. Pure. */
final class TopScreen {
    /** The smallest size for which nothing of weight is cut off. */
    static final int LEAST_COLUMNS = 60;
    static final int LEAST_ROWS = 20;

    private static final int LABEL = 10;
    private static final int BUDGET_BAR = 20;
    private static final int RATE_BAR = 20;
    private static final int WARN_PERCENT = 80;
    private static final int WHOLE = 100;
    private static final int CENTS = 2;
    private static final int MICRO_DIGITS = 6;
    private static final String KEYS = "q quit   p pause   h help";
    private static final AttributedStyle BOLD = AttributedStyle.BOLD;
    private static final AttributedStyle FAINT = AttributedStyle.DEFAULT.faint();
    private static final AttributedStyle GOOD = AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
    private static final AttributedStyle WARN = AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
    private static final AttributedStyle BAD = AttributedStyle.BOLD.foreground(AttributedStyle.RED);

    private final int columns;
    private final List<AttributedString> lines = new ArrayList<>();

    private TopScreen(int columns) {
        this.columns = columns;
    }

    /**
     * The picture for a terminal.
     *
     * @return as many lines as there are rows, none wider than the columns
     */
    static List<AttributedString> lines(TopView view, int columns, int rows) {
        TopScreen screen = new TopScreen(columns);
        screen.figures(view);
        int room = rows - screen.lines.size() - 1;
        if (view.help()) {
            screen.help();
        } else {
            screen.events(view, room);
        }
        while (screen.lines.size() > Math.max(0, rows - 1)) {
            screen.lines.remove(screen.lines.size() - 1);
        }
        while (screen.lines.size() < rows - 1) {
            screen.line(new AttributedStringBuilder());
        }
        screen.line(new AttributedStringBuilder().styled(FAINT, KEYS));
        return screen.lines;
    }

    /** The picture for a file: no longer than it has to be. */
    static List<String> snapshot(TopView view, int columns) {
        TopScreen screen = new TopScreen(columns);
        screen.figures(view);
        return screen.lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private void figures(TopView view) {
        JsonObject now = view.now() == null ? new JsonObject() : view.now();
        head(view, now);
        budget(now.getJsonObject("budget"));
        saved(part(now, "money"));
        requests(part(now, "requests"));
        latency(part(now, "latency"));
        upstream(part(now, "upstream"));
        health(part(now, "health"));
        nodes(now.getJsonArray("nodes", new JsonArray()));
    }

    private static JsonObject part(JsonObject whole, String name) {
        JsonObject part = whole.getJsonObject(name);
        return part == null ? new JsonObject() : part;
    }

    private void head(TopView view, JsonObject now) {
        AttributedStringBuilder line = new AttributedStringBuilder().styled(BOLD, "RentCache");
        if (view.now() != null) {
            line.append(" ").append(EventLine.plain(now.getString("node", ""))).append("  up ")
                    .append(Text.about(Duration.ofSeconds(now.getLong("uptimeSeconds", 0L))))
                    .append("  ").append(EventLine.plain(clock(now.getString("at", ""))));
        }
        if (view.paused()) {
            line.append("  ").styled(WARN, "PAUSED");
        }
        if (!view.trouble().isEmpty()) {
            line.append("  ").styled(BAD, EventLine.plain(view.trouble()));
        }
        line(line);
    }

    private void budget(JsonObject budget) {
        AttributedStringBuilder line = label("Budget");
        if (budget == null) {
            line(line.append("not known"));
            return;
        }
        String spent = dollars(budget.getLong("spentMicros", 0L));
        Long limit = budget.getLong("limitMicros");
        Long calls = budget.getLong("callsLimit");
        if (calls == null) {
            line.append(spent).append(" spent, no limit");
        } else {
            int percent = budget.getInteger("percent", 0);
            AttributedStyle style = percent >= WHOLE ? BAD : percent >= WARN_PERCENT ? WARN : GOOD;
            bar(line, percent / (double) WHOLE, BUDGET_BAR, style);
            line.append(" ").styled(style, percent + " % " + step(budget.getString("step", "ok")))
                    .append("  ").append(limit == null ? budget.getLong("calls", 0L) + " of " + calls + " calls"
                            : spent + " of " + dollars(limit));
        }
        Long projected = budget.getLong("projectedMicros");
        if (projected != null) {
            line.append("  at the end ").append(dollars(projected));
        }
        line(line);
    }

    private static String step(String step) {
        return switch (step) {
            case "warn" -> "warning";
            case "no-refresh" -> "no refreshing";
            case "spent" -> "SPENT: cache only";
            default -> "ok";
        };
    }

    private void saved(JsonObject money) {
        AttributedStringBuilder line = label("Saved");
        for (String span : List.of("today", "month")) {
            JsonObject saved = money.getJsonObject(span);
            if (saved != null) {
                line.append(span).append(" ").styled(BOLD, dollars(saved.getLong("savedMicros", 0L)))
                        .append(" (").append(String.valueOf(saved.getLong("free", 0L))).append(" of ")
                        .append(String.valueOf(saved.getLong("questions", 0L))).append(" free)  ");
            }
        }
        line(line);
    }

    private void requests(JsonObject requests) {
        JsonObject byResult = part(requests, "byResult");
        line(label("Requests").styled(BOLD, requests.getLong("perSecond", 0L) + "/s")
                .append("  total ").append(String.valueOf(requests.getLong("total", 0L)))
                .append("  waiting ").append(String.valueOf(requests.getLong("inFlight", 0L)))
                .append(requests.getBoolean("recorded", true) ? "" : "  (not counted: ENABLE_ANALYTICS)"));
        long all = 0;
        for (TopTier tier : TopTier.values()) {
            all += byResult.getLong(tier.result(), 0L);
        }
        int width = Math.max(1, columns - LABEL - 2);
        AttributedStringBuilder bar = label("").append("[");
        AttributedStringBuilder legend = label("");
        long before = 0;
        for (TopTier tier : TopTier.values()) {
            long count = byResult.getLong(tier.result(), 0L);
            if (count > 0) {
                // Ends are rounded, not widths, so that the parts fill the bar exactly.
                long begin = Math.round(before * (double) width / all);
                before += count;
                long end = Math.round(before * (double) width / all);
                bar.styled(tier.style(), String.valueOf(tier.letter()).repeat((int) (end - begin)));
                legend.styled(tier.style(), tier.letter() + " " + tier.label()).append(" " + count + "  ");
            }
        }
        line(bar.append(all == 0 ? " ".repeat(width) : "").append("]"));
        line(all == 0 ? legend.styled(FAINT, "no requests in the last second") : legend);
    }

    private void latency(JsonObject latency) {
        AttributedStringBuilder line = label("Latency");
        for (String kind : List.of("hit", "miss")) {
            JsonObject of = part(latency, kind);
            line.append(kind).append(" p50 ").append(micros(of.getLong("p50Micros")))
                    .append(" p99 ").append(micros(of.getLong("p99Micros"))).append("   ");
        }
        line(line);
    }

    private void upstream(JsonObject upstream) {
        double calls = upstream.getDouble("callsPerSecond", 0.0);
        Double limit = upstream.getDouble("limitPerSecond");
        AttributedStringBuilder line = label("Rentcast");
        if (limit != null) {
            double share = calls / limit;
            bar(line, share, RATE_BAR, share >= 1 ? BAD : share * WHOLE >= WARN_PERCENT ? WARN : GOOD);
            line.append(" ");
        }
        line(line.append(number(calls)).append(limit == null ? " calls/s" : " of " + number(limit) + " calls/s")
                .append("  queued ").append(String.valueOf(upstream.getLong("queued", 0L))));
        List<JsonObject> broken = objects(upstream.getJsonArray("circuits", new JsonArray())).stream()
                .filter(circuit -> !"closed".equals(circuit.getString("state"))).toList();
        AttributedStringBuilder circuits = label("Circuits");
        line(broken.isEmpty() ? circuits.styled(GOOD, "all closed") : circuits.styled(BAD, broken.stream()
                .map(circuit -> EventLine.plain(circuit.getString("endpoint") + " " + circuit.getString("state")))
                .collect(Collectors.joining(", "))));
    }

    private void health(JsonObject health) {
        List<String> down = new ArrayList<>();
        for (Map.Entry<String, Object> check : health) {
            if (check.getValue() instanceof JsonObject part && !"up".equals(part.getString("status"))) {
                down.add(check.getKey() + ": " + part.getString("detail", "down"));
            }
        }
        AttributedStringBuilder line = label("Health");
        line(health.isEmpty() ? line.append("not known") : down.isEmpty()
                ? line.styled(GOOD, "all up").append(" (" + String.join(", ", health.fieldNames()) + ")")
                : line.styled(BAD, "DOWN " + EventLine.plain(String.join("; ", down))));
    }

    private void nodes(JsonArray nodes) {
        AttributedStringBuilder line = label("Nodes");
        for (JsonObject node : objects(nodes)) {
            boolean up = "up".equals(node.getString("state"));
            line.styled(up ? GOOD : BAD, EventLine.plain(node.getString("name", "?")) + (up ? "" : " GONE")).append("  ");
        }
        line(line);
    }

    private void events(TopView view, int room) {
        if (room < 2) {
            return;
        }
        line(new AttributedStringBuilder().styled(BOLD, "Events"));
        if (view.events().isEmpty()) {
            line(new AttributedStringBuilder().styled(FAINT, "none yet"));
        }
        view.events().stream().limit(room - 1L).forEach(event -> line(new AttributedStringBuilder()
                .styled(FAINT, EventLine.plain(clock(event.data().getString("at", "")))).append(" ")
                .styled(BOLD, EventLine.plain(event.name())).append(" ").append(EventLine.summary(event.data()))));
    }

    private void help() {
        for (String text : List.of(
                "q  quits; so does Ctrl-C", "p  stops the picture, and lets it go on", "h  shows this, or the events",
                "Figures are of this node; budget and money are of all.")) {
            line(new AttributedStringBuilder().append(text));
        }
    }

    private static AttributedStringBuilder label(String text) {
        return new AttributedStringBuilder().styled(BOLD, text + " ".repeat(LABEL - text.length()));
    }

    /** A bar that also says without colours how full it is. */
    private static void bar(AttributedStringBuilder line, double share, int width, AttributedStyle style) {
        int full = (int) Math.max(0, Math.min(width, Math.round(share * width)));
        line.append("[").styled(style, "#".repeat(full)).append("-".repeat(width - full)).append("]");
    }

    private void line(AttributedStringBuilder line) {
        lines.add(line.toAttributedString().columnSubSequence(0, columns));
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.stream().filter(JsonObject.class::isInstance).map(JsonObject.class::cast).toList();
    }

    /** The time of day of a moment as the API has it. */
    private static String clock(String moment) {
        int day = moment.indexOf('T');
        return day < 0 || moment.length() < day + 9 ? moment : moment.substring(day + 1, day + 9) + "Z";
    }

    private static String dollars(long micros) {
        return "$" + BigDecimal.valueOf(micros, MICRO_DIGITS).setScale(CENTS, RoundingMode.HALF_UP);
    }

    private static String number(double number) {
        return BigDecimal.valueOf(number).setScale(1, RoundingMode.HALF_UP).toPlainString().replaceAll("\\.0$", "");
    }

    /** Microseconds as people read them; a dash where there are none. */
    private static String micros(Long micros) {
        if (micros == null) {
            return "-";
        }
        return micros < 1_000 ? micros + " µs" : micros < 1_000_000
                ? number(micros / 1_000.0) + " ms" : number(micros / 1_000_000.0) + " s";
    }
}

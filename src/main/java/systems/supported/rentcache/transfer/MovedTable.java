package systems.supported.rentcache.transfer;

import static systems.supported.rentcache.transfer.Column.address;
import static systems.supported.rentcache.transfer.Column.bytes;
import static systems.supported.rentcache.transfer.Column.number;
import static systems.supported.rentcache.transfer.Column.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables that are moved, in the order in which a file has them. Their names are those in lower case. */
enum MovedTable {
    API_KEYS(Part.KEYS, "keys", List.of("id"),
            number("id"), text("key_name"), text("key_hash"), text("key_hint"), text("previous_hash").orNull(),
            number("previous_expires_at").orNull(), number("is_active"), text("permissions"),
            number("daily_limit").orNull(), number("monthly_limit").orNull(), text("global_rate").orNull(),
            text("endpoint_rates"), number("daily_usage"), number("usage_day"), number("monthly_usage"),
            number("usage_month"), number("created_at"), number("expires_at").orNull(), number("last_used").orNull()),
    CACHE_ENTRIES(Part.CACHE, "answers", List.of("cache_key"),
            text("cache_key"), text("endpoint"), text("method"), text("question"), text("target"), number("status_code"),
            text("headers"), text("etag"), text("upstream_etag").orNull(), text("last_modified").orNull(),
            number("created_at"), number("initial_age_ms"), number("expires_at"), number("is_valid"),
            number("invalidated_at").orNull(), number("hit_count"), number("last_accessed").orNull(), bytes("body"),
            bytes("body_gzip").orNull()),
    USAGE_ROLLUP_HOURLY(Part.USAGE, "hourly sums", List.of("hour", "api_key_id", "endpoint", "cache_result"),
            number("hour"), number("api_key_id"), text("endpoint"), text("cache_result"), number("requests"),
            number("errors"), number("response_time_us"), number("cost_micros"), number("saved_micros"),
            number("paid_calls").orElse(0), number("uncached_calls").orElse(0),
            number("latency_00").orElse(0), number("latency_01").orElse(0), number("latency_02").orElse(0),
            number("latency_03").orElse(0), number("latency_04").orElse(0), number("latency_05").orElse(0),
            number("latency_06").orElse(0), number("latency_07").orElse(0), number("latency_08").orElse(0),
            number("latency_09").orElse(0), number("latency_10").orElse(0), number("latency_11").orElse(0),
            number("latency_12").orElse(0), number("latency_13").orElse(0), number("latency_14").orElse(0),
            number("latency_15").orElse(0), number("latency_16").orElse(0), number("latency_17").orElse(0)),
    USAGE_STATS(Part.USAGE, "usage records", List.of("created_at", "id"),
            number("id"), number("api_key_id"), text("endpoint"), text("method"), number("status_code"),
            number("response_time_us"), text("cache_result"), number("cost_micros"), number("saved_micros"),
            text("user_agent").orNull(), address("ip_address").orNull(), number("created_at"), number("weight").orElse(1),
            text("tier").orNull(), text("reason").orNull());

    private final Part part;
    private final String shown;
    private final List<String> order;
    private final List<Column> columns;

    MovedTable(Part part, String shown, List<String> order, Column... columns) {
        this.part = part;
        this.shown = shown;
        this.order = order;
        this.columns = List.of(columns);
    }

    /** The table of a name; empty for one that is not moved. */
    static Optional<MovedTable> named(Object name) {
        return Arrays.stream(values()).filter(table -> table.sqlName().equals(name)).findFirst();
    }

    /** Its name. */
    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its rows' name for people. */
    String shown() {
        return shown;
    }

    /** What it belongs to. */
    Part part() {
        return part;
    }

    /** The columns by which its rows are ordered, which have an index. */
    List<String> order() {
        return order;
    }

    /** All columns. */
    List<Column> columns() {
        return columns;
    }

    /** The columns that a row has in any database: the number that one gave it is not among them. */
    List<Column> written() {
        return columns.stream().filter(column -> !column.name().equals("id")).toList();
    }

    /** The written columns' names, or what is made of them, with commas. */
    String list(Function<Column, String> each) {
        return written().stream().map(each).collect(Collectors.joining(", "));
    }
}

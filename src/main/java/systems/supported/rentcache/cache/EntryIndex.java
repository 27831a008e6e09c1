package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import systems.supported.rentcache.storage.Database;

/** Finds answers that are kept in SQL by what they answer; no body is read. Thread-safe. */
public final class EntryIndex {
    private static final String COLUMNS = """
            SELECT cache_key, endpoint, target, status_code, created_at, expires_at, hit_count, last_accessed,
                   LENGTH(body) AS bytes, CASE WHEN is_valid = 0 THEN invalidated_at END AS cleared_at
            FROM cache_entries""";

    private final Database database;

    /** The answers of a database. */
    public EntryIndex(Database database) {
        this.database = database;
    }

    /** Which answers are meant. */
    public enum State {
        /** Those that are valid. */
        KEPT("is_valid = 1"),
        /** Those of them that are fresh. */
        FRESH("is_valid = 1 AND expires_at > #{now}"),
        /** Those of them that are not. */
        STALE("is_valid = 1 AND expires_at <= #{now}"),
        /** Those that were invalidated and are not deleted yet. */
        CLEARED("is_valid = 0");

        private final String condition;

        State(String condition) {
            this.condition = condition;
        }
    }

    /** What comes first. */
    public enum Order {
        /** The most asked. */
        HITS("hit_count DESC, COALESCE(last_accessed, created_at) DESC, cache_key DESC"),
        /** The last asked. */
        RECENT("COALESCE(last_accessed, created_at) DESC, cache_key DESC"),
        /** The last fetched. */
        FETCHED("created_at DESC, cache_key DESC");

        private final String columns;

        Order(String columns) {
            this.columns = columns;
        }
    }

    /**
     * What is looked for.
     *
     * @param text     a part of the question, whatever its letter case, or the beginning of a cache key; empty for all
     * @param endpoint the catalog's name of an endpoint; null for all
     * @param tag      a parameter's name, {@code :}, and its value; null for all
     */
    public record Query(String text, String endpoint, String tag, State state, Order order, int limit, int offset) {
    }

    /**
     * An answer without its body.
     *
     * @param target       path and query as they were sent upstream
     * @param lastAccessed when it was last given after it was fetched; null for never
     * @param bytes        its body's length
     * @param clearedAt    since when it is invalid; null where it is valid
     */
    public record Found(
            String key, String endpoint, String target, int status, Instant fetchedAt, Instant expiresAt, long hits,
            Instant lastAccessed, long bytes, Instant clearedAt) {
    }

    /**
     * A part of what was found.
     *
     * @param total how many there are with those before and after
     */
    public record Page(List<Found> entries, long total) {
    }

    /** Looks. */
    public Future<Page> find(Query query, Instant now) {
        Map<String, Object> matching = new HashMap<>();
        String condition = condition(query, now, matching);
        Map<String, Object> paged = new HashMap<>(matching);
        paged.put("limit", query.limit());
        paged.put("offset", query.offset());
        String page = COLUMNS + condition + " ORDER BY " + query.order().columns + " LIMIT #{limit} OFFSET #{offset}";
        String count = "SELECT COUNT(*) AS total FROM cache_entries" + condition;
        return Database.attempt(() -> SqlTemplate.forQuery(database.reports(), page).execute(paged))
                .compose(rows -> SqlTemplate.forQuery(database.reports(), count).execute(matching).map(counted -> {
                    List<Found> found = new ArrayList<>();
                    rows.forEach(row -> found.add(found(row)));
                    return new Page(found, counted.iterator().next().getLong("total"));
                }));
    }

    private static String condition(Query query, Instant now, Map<String, Object> parameters) {
        List<String> conditions = new ArrayList<>(List.of(query.state().condition));
        if (query.state() == State.FRESH || query.state() == State.STALE) {
            parameters.put("now", now.toEpochMilli());
        }
        if (query.endpoint() != null) {
            conditions.add("endpoint = #{endpoint}");
            parameters.put("endpoint", query.endpoint());
        }
        if (query.tag() != null) {
            conditions.add("REPLACE(question, #{tag}, '') <> question");
            parameters.put("tag", Tags.fragment(query.tag()));
        }
        if (!query.text().isEmpty()) {
            String part = query.text().replaceAll("([!%_])", "!$1");
            conditions.add("(LOWER(question) LIKE LOWER(#{part}) ESCAPE '!' OR LOWER(target) LIKE LOWER(#{part}) "
                    + "ESCAPE '!' OR cache_key LIKE #{key} ESCAPE '!')");
            parameters.put("part", "%" + part + "%");
            parameters.put("key", part.toLowerCase(Locale.ROOT) + "%");
        }
        return " WHERE " + String.join(" AND ", conditions);
    }

    private static Found found(Row row) {
        return new Found(
                row.getString("cache_key"), row.getString("endpoint"), row.getString("target"),
                row.getInteger("status_code"), moment(row, "created_at"), moment(row, "expires_at"),
                row.getLong("hit_count"), moment(row, "last_accessed"), row.getLong("bytes"),
                moment(row, "cleared_at"));
    }

    private static Instant moment(Row row, String column) {
        Long millis = row.getLong(column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}

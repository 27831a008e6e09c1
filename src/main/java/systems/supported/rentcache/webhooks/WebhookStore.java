package systems.supported.rentcache.webhooks;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import systems.supported.rentcache.storage.Database;

/** The webhooks as administrators see them, in SQL; how they are delivered is in {@link DeliveryStore}. Thread-safe. */
public final class WebhookStore {
    /** How many there may be. */
    public static final int MOST = 100;

    static final String COLUMNS = """
            id, url, events, paused, generation, former_until, created_at, cursor, delivered, failures, next_try_at,
            last_fault, last_delivered_at""";
    private static final String LIST = "SELECT " + COLUMNS + " FROM webhooks ORDER BY id";
    private static final String BY_ID = "SELECT " + COLUMNS + " FROM webhooks WHERE id = #{id}";
    private static final String INSERT = """
            INSERT INTO webhooks (url, events, paused, created_at, cursor)
            SELECT #{url}, #{events}, #{paused}, #{now}, #{cursor}
            WHERE (SELECT COUNT(*) FROM webhooks) < %d
            RETURNING %s""".formatted(MOST, COLUMNS);
    /** Another address, or a pause that ends, is tried at once. */
    private static final String UPDATE = """
            UPDATE webhooks SET url = #{url}, events = #{events}, paused = #{paused}, next_try_at = 0
            WHERE id = #{id} RETURNING %s""".formatted(COLUMNS);
    private static final String ROTATE = """
            UPDATE webhooks SET generation = generation + 1, former_until = #{until}
            WHERE id = #{id} RETURNING %s""".formatted(COLUMNS);
    private static final String DELETE = "DELETE FROM webhooks WHERE id = #{id}";
    private static final String DELETE_DEAD = "DELETE FROM webhook_dead WHERE webhook_id = #{id}";
    private static final String COUNT_DEAD = "SELECT COUNT(*) AS total FROM webhook_dead WHERE webhook_id = #{id}";
    private static final String DEAD = """
            SELECT id, at, tries, fault, events, wanted FROM webhook_dead WHERE webhook_id = #{id}
            ORDER BY id LIMIT #{limit} OFFSET #{offset}""";
    private static final String RETRY = """
            UPDATE webhook_dead SET wanted = 1
            WHERE webhook_id = #{id} AND (id = #{delivery} OR #{delivery} = 0)""";

    private final Database database;

    /** The webhooks of a database. */
    public WebhookStore(Database database) {
        this.database = database;
    }

    /** A part of the deliveries that were given up, and how many there are in all. */
    public record DeadPage(List<DeadDelivery> deliveries, long total) {
    }

    /** All webhooks, in the order of their ids. */
    public Future<List<Webhook>> list() {
        return Database.attempt(() -> database.reader().query(LIST).execute()).map(rows -> {
            List<Webhook> webhooks = new ArrayList<>();
            rows.forEach(row -> webhooks.add(webhook(row)));
            return webhooks;
        });
    }

    /** The webhook of an id. */
    public Future<Optional<Webhook>> byId(long id) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), BY_ID).execute(Map.of("id", id)))
                .map(WebhookStore::first);
    }

    /**
     * Adds one.
     *
     * @param cursor behind which the events are that it is sent
     * @return empty where there are {@link #MOST} already
     */
    public Future<Optional<Webhook>> create(Webhook.Spec spec, String cursor, Instant now) {
        return one(INSERT, Map.of(
                "url", spec.url().toString(), "events", String.join(",", spec.events()),
                "paused", spec.paused() ? 1 : 0, "now", now.toEpochMilli(), "cursor", cursor));
    }

    /** Changes one. */
    public Future<Optional<Webhook>> update(long id, Webhook.Spec spec) {
        return one(UPDATE, Map.of(
                "id", id, "url", spec.url().toString(), "events", String.join(",", spec.events()),
                "paused", spec.paused() ? 1 : 0));
    }

    /**
     * Gives one a new secret.
     *
     * @param formerUntil until when the former one signs as well
     */
    public Future<Optional<Webhook>> rotate(long id, Instant formerUntil) {
        return one(ROTATE, Map.of("id", id, "until", formerUntil.toEpochMilli()));
    }

    /** Takes one away, with what was given up of it; whether there was one. */
    public Future<Boolean> delete(long id) {
        return database.write(connection -> update(connection, DELETE_DEAD, Map.of("id", id))
                .compose(deleted -> update(connection, DELETE, Map.of("id", id)))).map(count -> count > 0);
    }

    /** What was given up, the oldest first. */
    public Future<DeadPage> dead(long id, int limit, int offset) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), DEAD)
                .execute(Map.of("id", id, "limit", limit, "offset", offset))).compose(rows ->
                        countDead(id).map(total -> new DeadPage(deliveries(rows), total)));
    }

    /** How many deliveries were given up. */
    public Future<Long> countDead(long id) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), COUNT_DEAD).execute(Map.of("id", id)))
                .map(rows -> rows.iterator().next().getLong("total"));
    }

    /**
     * Has what was given up be tried once more.
     *
     * @param delivery a delivery's number, or 0 for all
     * @return how many
     */
    public Future<Integer> retry(long id, long delivery) {
        return database.write(connection -> update(connection, RETRY, Map.of("id", id, "delivery", delivery)));
    }

    private Future<Optional<Webhook>> one(String sql, Map<String, Object> parameters) {
        return database.write(connection -> SqlTemplate.forQuery(connection, sql).execute(parameters))
                .map(WebhookStore::first);
    }

    static Future<Integer> update(SqlClient connection, String sql, Map<String, Object> parameters) {
        return SqlTemplate.forUpdate(connection, sql).execute(parameters).map(done -> done.rowCount());
    }

    static Optional<Webhook> first(RowSet<Row> rows) {
        return rows.iterator().hasNext() ? Optional.of(webhook(rows.iterator().next())) : Optional.empty();
    }

    static List<DeadDelivery> deliveries(RowSet<Row> rows) {
        List<DeadDelivery> deliveries = new ArrayList<>();
        rows.forEach(row -> deliveries.add(new DeadDelivery(
                row.getLong("id"), Instant.ofEpochMilli(row.getLong("at")), row.getInteger("tries"),
                row.getString("fault"), new JsonArray(row.getString("events")), row.getInteger("wanted") != 0)));
        return deliveries;
    }

    private static Webhook webhook(Row row) {
        Function<String, Instant> moment = column ->
                row.getLong(column) == null ? null : Instant.ofEpochMilli(row.getLong(column));
        return new Webhook(
                row.getLong("id"), URI.create(row.getString("url")), names(row.getString("events")),
                row.getInteger("paused") != 0,
                new Webhook.Generation(row.getInteger("generation"), moment.apply("former_until")),
                moment.apply("created_at"), row.getString("cursor"), row.getLong("delivered"),
                row.getInteger("failures"), moment.apply("next_try_at"), row.getString("last_fault"),
                moment.apply("last_delivered_at"));
    }

    private static Set<String> names(String events) {
        return new LinkedHashSet<>(List.of(events.split(",")));
    }
}

package systems.supported.rentcache.webhooks;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.storage.Database;

/**
 * How far webhooks have come, in SQL. A node delivers what it has a lease of, and what it did counts only while it has:
 * a node that was held up changes nothing that another one went on with. Thread-safe.
 */
final class DeliveryStore {
    /** Longer than any try takes. */
    static final Duration LEASE = Duration.ofSeconds(90);

    private static final int MOST_DEAD = 1_000;
    private static final String CLAIM = """
            UPDATE webhooks SET leased_by = #{node}, leased_until = #{until}
            WHERE id = #{id} AND paused = 0 AND (leased_by = #{node} OR leased_until <= #{now})
            RETURNING %s""".formatted(WebhookStore.COLUMNS);
    private static final String RELEASE =
            "UPDATE webhooks SET leased_until = 0 WHERE id = #{id} AND leased_by = #{node}";
    private static final String ADVANCE = """
            UPDATE webhooks SET cursor = #{cursor}
            WHERE id = #{id} AND cursor = #{from} AND (leased_by = #{node} OR leased_until <= #{now})""";
    private static final String DELIVERED = """
            UPDATE webhooks SET cursor = #{cursor}, delivered = delivered + #{count}, failures = 0, next_try_at = 0,
                   last_fault = NULL, last_delivered_at = #{now}, leased_until = #{until}
            WHERE id = #{id} AND leased_by = #{node} AND cursor = #{from}""";
    private static final String FAILED = """
            UPDATE webhooks SET failures = failures + 1, next_try_at = #{nextTry}, last_fault = #{fault}
            WHERE id = #{id} AND leased_by = #{node} AND cursor = #{from}""";
    private static final String GIVEN_UP = """
            UPDATE webhooks SET cursor = #{cursor}, failures = 0, next_try_at = 0, last_fault = #{fault}
            WHERE id = #{id} AND leased_by = #{node} AND cursor = #{from}""";
    private static final String PAUSE = "UPDATE webhooks SET paused = 1 WHERE id = #{id} AND leased_by = #{node}";
    private static final String BURY = """
            INSERT INTO webhook_dead (webhook_id, at, tries, fault, events)
            VALUES (#{id}, #{now}, #{tries}, #{fault}, #{events})""";
    private static final String FORGET = """
            DELETE FROM webhook_dead WHERE webhook_id = #{id} AND id NOT IN (
                SELECT id FROM webhook_dead WHERE webhook_id = #{id} ORDER BY id DESC LIMIT %d)""".formatted(MOST_DEAD);
    private static final String WANTED = """
            SELECT id, at, tries, fault, events, wanted FROM webhook_dead
            WHERE webhook_id = #{id} AND wanted = 1 ORDER BY id LIMIT 100""";
    private static final String REVIVED = "DELETE FROM webhook_dead WHERE id = #{delivery}";
    private static final String STILL_DEAD = """
            UPDATE webhook_dead SET wanted = 0, tries = tries + 1, fault = #{fault} WHERE id = #{delivery}""";
    private static final String COUNTED = """
            UPDATE webhooks SET delivered = delivered + #{count}, last_delivered_at = #{now} WHERE id = #{id}""";

    private final Database database;
    private final String node;

    /** What a node delivers; its name is one that no other node has. */
    DeliveryStore(Database database, String node) {
        this.database = database;
        this.node = node;
    }

    /** Takes or renews the lease of a webhook; empty where another node has it, or it is paused or gone. */
    Future<Optional<Webhook>> claim(long id, Instant now) {
        return database.write(connection -> SqlTemplate.forQuery(connection, CLAIM).execute(Map.of(
                "id", id, "node", node, "now", now.toEpochMilli(), "until", now.plus(LEASE).toEpochMilli())))
                .map(WebhookStore::first);
    }

    /** Gives the lease back. */
    Future<Void> release(long id) {
        return write(RELEASE, Map.of("id", id, "node", node)).mapEmpty();
    }

    /** Passes events that the webhook does not want. */
    Future<Void> advance(Webhook webhook, String cursor, Instant now) {
        return write(ADVANCE, Map.of(
                "id", webhook.id(), "node", node, "from", webhook.cursor(), "cursor", cursor,
                "now", now.toEpochMilli())).mapEmpty();
    }

    /**
     * Notes that events were delivered, and renews the lease.
     *
     * @return whether this node still has it
     */
    Future<Boolean> delivered(Webhook webhook, String cursor, int count, Instant now) {
        return write(DELIVERED, Map.of(
                "id", webhook.id(), "node", node, "from", webhook.cursor(), "cursor", cursor, "count", count,
                "now", now.toEpochMilli(), "until", now.plus(LEASE).toEpochMilli())).map(rows -> rows > 0);
    }

    /** Notes that a try failed. */
    Future<Void> failed(Webhook webhook, String fault, Instant nextTry) {
        return write(FAILED, Map.of(
                "id", webhook.id(), "node", node, "from", webhook.cursor(), "fault", fault,
                "nextTry", nextTry.toEpochMilli())).mapEmpty();
    }

    /**
     * Gives events up, and keeps them apart; the oldest that were given up go where there are too many.
     *
     * @return how many deliveries were forgotten for it
     */
    Future<Integer> giveUp(Webhook webhook, String cursor, JsonArray events, String fault, Instant now) {
        Map<String, Object> parameters = new HashMap<>(Map.of(
                "id", webhook.id(), "node", node, "from", webhook.cursor(), "cursor", cursor, "fault", fault,
                "now", now.toEpochMilli(), "tries", webhook.failures() + 1, "events", events.encode()));
        return database.write(connection -> WebhookStore.update(connection, GIVEN_UP, parameters)
                .compose(rows -> rows == 0 ? Future.succeededFuture(0)
                        : WebhookStore.update(connection, BURY, parameters)
                                .compose(buried -> WebhookStore.update(connection, FORGET, parameters))));
    }

    /** Sends nothing more until an administrator ends the pause. */
    Future<Void> pause(long id) {
        return write(PAUSE, Map.of("id", id, "node", node)).mapEmpty();
    }

    /** What was given up and is to be tried once more. */
    Future<List<DeadDelivery>> wanted(long id) {
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), WANTED).execute(Map.of("id", id)))
                .map(WebhookStore::deliveries);
    }

    /** Notes that what was given up was delivered after all. */
    Future<Void> revived(Webhook webhook, DeadDelivery delivery, Instant now) {
        return database.write(connection -> WebhookStore.update(connection, REVIVED, Map.of("delivery", delivery.id()))
                .compose(gone -> WebhookStore.update(connection, COUNTED, Map.of(
                        "id", webhook.id(), "count", delivery.events().size(), "now", now.toEpochMilli())))).mapEmpty();
    }

    /** Notes that what was given up failed once more. */
    Future<Void> stillDead(DeadDelivery delivery, String fault) {
        return write(STILL_DEAD, Map.of("delivery", delivery.id(), "fault", fault)).mapEmpty();
    }

    private Future<Integer> write(String sql, Map<String, Object> parameters) {
        return database.write(connection -> WebhookStore.update(connection, sql, parameters));
    }
}

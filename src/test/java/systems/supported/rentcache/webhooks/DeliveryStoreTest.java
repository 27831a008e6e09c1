package systems.supported.rentcache.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.Await;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** How far webhooks have come, and who may go on with them. */
class DeliveryStoreTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final JsonArray EVENTS = new JsonArray().add(new JsonObject().put("name", "cache.miss"));

    @TempDir
    private Path directory;
    protected final Vertx vertx = Vertx.vertx();
    private Database database;
    private WebhookStore webhooks;
    private DeliveryStore one;
    private DeliveryStore other;

    Database newDatabase() {
        return Databases.sqlite(vertx, directory.resolve("rentcache.db"));
    }

    @BeforeEach
    void open() {
        database = newDatabase();
        Await.await(database.open());
        webhooks = new WebhookStore(database);
        one = new DeliveryStore(database, "one");
        other = new DeliveryStore(database, "other");
    }

    @AfterEach
    void close() {
        Await.await(database.close());
        Await.await(vertx.close());
    }

    private Webhook made() {
        return Await.await(webhooks.create(
                new Webhook.Spec(URI.create("https://example.com/?a=b"), Set.of("cache.miss"), false), "c0", NOW))
                .orElseThrow();
    }

    private Webhook shown(Webhook webhook) {
        return Await.await(webhooks.byId(webhook.id())).orElseThrow();
    }

    @Test
    void oneNodeDeliversAtATimeAndAnotherGoesOnWhereItIsGone() {
        Webhook webhook = made();
        assertThat(Await.await(one.claim(webhook.id(), NOW))).contains(webhook);
        assertThat(Await.await(other.claim(webhook.id(), NOW.plusSeconds(1)))).isEmpty();
        assertThat(Await.await(one.claim(webhook.id(), NOW.plusSeconds(1)))).as("renewed").isPresent();
        Instant later = NOW.plusSeconds(1).plus(DeliveryStore.LEASE);
        assertThat(Await.await(other.claim(webhook.id(), later.minusMillis(1)))).isEmpty();
        assertThat(Await.await(other.claim(webhook.id(), later))).isPresent();
        assertThat(Await.await(one.delivered(webhook, "c1", 1, later))).as("it was held up too long").isFalse();
        assertThat(Await.await(other.delivered(webhook, "c2", 3, later))).isTrue();
        Await.await(one.failed(webhook, "late", later));
        assertThat(Await.await(one.giveUp(webhook, "c9", EVENTS, "late", later))).isZero();
        Webhook now = shown(webhook);
        assertThat(now.cursor()).isEqualTo("c2");
        assertThat(now.delivered()).isEqualTo(3);
        assertThat(now.failures()).isZero();
        assertThat(now.lastDeliveredAt()).isEqualTo(later);
        assertThat(Await.await(webhooks.countDead(webhook.id()))).isZero();
        Await.await(other.release(webhook.id()));
        assertThat(Await.await(one.claim(webhook.id(), later))).isPresent();
    }

    @Test
    void failuresAreCountedUntilSomethingIsDelivered() {
        Webhook webhook = made();
        Await.await(one.claim(webhook.id(), NOW));
        Await.await(one.failed(webhook, "It answered with the status 500.", NOW.plusSeconds(5)));
        assertThat(shown(webhook).failures()).isEqualTo(1);
        assertThat(shown(webhook).nextTryAt()).isEqualTo(NOW.plusSeconds(5));
        assertThat(shown(webhook).lastFault()).contains("500");
        Await.await(one.delivered(webhook, "c1", 2, NOW.plusSeconds(6)));
        assertThat(shown(webhook).failures()).isZero();
        assertThat(shown(webhook).lastFault()).isNull();
    }

    @Test
    void whatIsGivenUpIsListedAndTriedAgainWhereThatIsWanted() {
        Webhook webhook = made();
        Await.await(one.claim(webhook.id(), NOW));
        Await.await(one.giveUp(webhook, "c1", EVENTS, "first", NOW));
        Await.await(one.giveUp(webhook.at("c1"), "c2", EVENTS, "second", NOW));
        WebhookStore.DeadPage page = Await.await(webhooks.dead(webhook.id(), 10, 0));
        assertThat(page.total()).isEqualTo(2);
        assertThat(page.deliveries()).extracting(DeadDelivery::fault).containsExactly("first", "second");
        assertThat(page.deliveries().get(0).events()).isEqualTo(EVENTS);
        assertThat(Await.await(one.wanted(webhook.id()))).isEmpty();
        assertThat(Await.await(webhooks.retry(webhook.id(), page.deliveries().get(1).id()))).isEqualTo(1);
        assertThat(Await.await(webhooks.retry(webhook.id(), 0))).isEqualTo(2);
        List<DeadDelivery> wanted = Await.await(one.wanted(webhook.id()));
        assertThat(wanted).hasSize(2);
        Await.await(one.revived(webhook, wanted.get(0), NOW));
        Await.await(one.stillDead(wanted.get(1), "third"));
        assertThat(Await.await(one.wanted(webhook.id()))).isEmpty();
        assertThat(Await.await(webhooks.dead(webhook.id(), 10, 0)).deliveries())
                .extracting(DeadDelivery::fault).containsExactly("third");
        assertThat(shown(webhook).delivered()).isEqualTo(1);
    }

    @Test
    void pausesRotationsAndDeletionsHold() {
        Webhook webhook = made();
        Await.await(one.claim(webhook.id(), NOW));
        Await.await(one.pause(webhook.id()));
        assertThat(Await.await(one.claim(webhook.id(), NOW))).isEmpty();
        Webhook changed = Await.await(webhooks.update(webhook.id(), new Webhook.Spec(
                URI.create("https://example.org/"), Set.of("budget.step"), false))).orElseThrow();
        assertThat(changed.spec().url()).hasHost("example.org");
        Webhook rotated = Await.await(webhooks.rotate(webhook.id(), NOW.plus(Duration.ofHours(1)))).orElseThrow();
        assertThat(rotated.secret()).isEqualTo(new Webhook.Generation(2, NOW.plus(Duration.ofHours(1))));
        Await.await(one.claim(webhook.id(), NOW));
        Await.await(one.giveUp(webhook, "c1", EVENTS, "first", NOW));
        assertThat(Await.await(webhooks.delete(webhook.id()))).isTrue();
        assertThat(Await.await(webhooks.delete(webhook.id()))).isFalse();
        assertThat(Await.await(webhooks.countDead(webhook.id()))).isZero();
        assertThat(Await.await(webhooks.list())).isEmpty();
        assertThat(made().id()).as("a secret is never another webhook's").isGreaterThan(webhook.id());
    }

    @Test
    void eventsThatAreNotWantedArePassedByWhoMay() {
        Webhook webhook = made();
        Await.await(one.claim(webhook.id(), NOW));
        Await.await(other.advance(webhook, "c5", NOW));
        assertThat(shown(webhook).cursor()).isEqualTo("c0");
        Await.await(one.release(webhook.id()));
        Await.await(other.advance(webhook, "c5", NOW));
        assertThat(shown(webhook).cursor()).isEqualTo("c5");
    }
}

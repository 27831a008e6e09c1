package systems.supported.rentcache.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.events.KeyChanged;
import systems.supported.rentcache.events.KeyRevoked;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** What is kept, and how it is read, on SQLite. */
class OutboxTest {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path directory;

    final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private Database database;
    private Outbox outbox;
    private OutboxReader reader;

    /** A database that is not open yet. */
    Database newDatabase() {
        return Databases.sqlite(vertx, directory.resolve("events.db"));
    }

    @BeforeEach
    void open() {
        database = newDatabase();
        await(database.open());
        outbox = new Outbox(database);
        reader = new OutboxReader(vertx, database, InstantSource.fixed(NOW));
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private List<EventMessage> append(Database to, long... keys) {
        return append(to, NOW, keys);
    }

    private List<EventMessage> append(Database to, Instant at, long... keys) {
        List<EventMessage> events = new ArrayList<>();
        for (long key : keys) {
            events.add(message(new KeyChanged(key), at));
        }
        await(to.write(connection -> new Outbox(to).append(connection, events)));
        return events;
    }

    static EventMessage message(Event event, Instant at) {
        return EventMessage.of(event, "node", at);
    }

    private static List<Long> keys(EventPage page) {
        return page.events().stream().map(event -> new JsonObject(event.json()).getLong("keyId")).toList();
    }

    private EventPage read(String after, int limit) {
        return await(reader.read(after, Set.of(), limit));
    }

    @Test
    void whatWasKeptIsReadInItsOrderAndFromEachCursorOn() {
        assertThat(read(OutboxReader.OLDEST, 10)).isEqualTo(read(OutboxReader.NOW, 10));
        List<EventMessage> events = append(database, 1, 2, 3);
        append(database, 4);
        EventPage first = read(OutboxReader.OLDEST, 3);
        assertThat(keys(first)).containsExactly(1L, 2L, 3L);
        assertThat(first.more()).isTrue();
        assertThat(first.next()).isEqualTo(events.get(2).cursor());
        assertThat(first.events()).extracting(KeptEvent::cursor)
                .containsExactlyElementsOf(events.stream().map(EventMessage::cursor).toList());
        EventPage second = read(first.next(), 3);
        assertThat(keys(second)).containsExactly(4L);
        assertThat(second.more()).isFalse();
        assertThat(keys(read(events.get(0).cursor(), 10))).containsExactly(2L, 3L, 4L);
        assertThat(read(OutboxReader.NOW, 10)).isEqualTo(new EventPage(List.of(), second.next(), false));
        assertThat(new JsonObject(first.events().get(0).json())).isEqualTo(new JsonObject()
                .put("cursor", events.get(0).cursor()).put("v", 1).put("node", "node").put("at", NOW.toString())
                .put("keyId", 1));
    }

    @Test
    void aReaderOfRareEventsPassesTheOthers() {
        append(database, IntStream.rangeClosed(1, Outbox.MOST_PASSED + 5).asLongStream().toArray());
        EventMessage rare = message(new KeyRevoked(7), NOW);
        await(database.write(connection -> outbox.append(connection, List.of(rare))));
        EventPage none = await(reader.read(OutboxReader.OLDEST, Set.of("key.revoked"), 10));
        assertThat(none.events()).isEmpty();
        assertThat(none.more()).isTrue();
        EventPage found = await(reader.read(none.next(), Set.of("key.revoked"), 10));
        assertThat(found.events()).extracting(KeptEvent::cursor).containsExactly(rare.cursor());
        assertThat(found.more()).isFalse();
    }

    @Test
    void aCursorOfNoUseIsAnsweredByAResetAndWhatIsKept() {
        List<EventMessage> old = append(database, NOW.minusSeconds(10), 1, 2);
        append(database, NOW, 3);
        append(database, NOW.minusSeconds(5), 4);
        assertThat(read(old.get(0).cursor(), 10).events()).noneMatch(KeptEvent::isReset);
        assertThat(await(outbox.trim(NOW))).isFalse();
        EventPage fromLastDeleted = read(old.get(1).cursor(), 10);
        assertThat(keys(fromLastDeleted)).as("nothing is missing after it").containsExactly(3L, 4L);
        EventPage tooOld = read(old.get(0).cursor(), 10);
        assertThat(tooOld.events().get(0).isReset()).isTrue();
        JsonObject reset = new JsonObject(tooOld.events().get(0).json());
        assertThat(reset.getString("reason")).isEqualTo("too-old");
        assertThat(reset.getString("cursor")).as("the oldest that is kept").isEqualTo(old.get(1).cursor());
        assertThat(tooOld.events().subList(1, 3)).isEqualTo(fromLastDeleted.events());
        for (String unknown : List.of("nonsense", "0123abcd-1", read(OutboxReader.NOW, 1).next() + "0")) {
            EventPage page = await(reader.read(unknown, Set.of("key.revoked"), 10));
            assertThat(page.events()).hasSize(1);
            assertThat(new JsonObject(page.events().get(0).json()).getString("reason")).isEqualTo("unknown");
        }
        await(outbox.trim(NOW.plusSeconds(1)));
        assertThat(read(tooOld.next(), 10)).as("all is deleted, and it has read all")
                .isEqualTo(new EventPage(List.of(), tooOld.next(), false));
        assertThat(keys(read(append(database, NOW, 5, 6).get(0).cursor(), 10))).containsExactly(6L);
    }

    @Test
    void whatFailsLeavesNoEvent() {
        List<EventMessage> events = List.of(message(new KeyChanged(1), NOW));
        assertThat(failure(database.write(connection -> outbox.append(connection, events)
                .compose(appended -> Future.failedFuture("killed here"))))).hasMessage("killed here");
        assertThat(read(OutboxReader.OLDEST, 10).events()).isEmpty();
    }

    @Test
    void aFollowerIsGivenEverythingOnceAndInOrderWhoeverWrites() {
        List<Database> writers = new ArrayList<>();
        OutboxVerticle node = new OutboxVerticle(vertx, database, metrics, InstantSource.fixed(NOW));
        await(vertx.deployVerticle(node));
        List<KeptEvent> followed = new CopyOnWriteArrayList<>();
        boolean[] failed = new boolean[1];
        Following following = node.reader().follow(OutboxReader.OLDEST, Set.of(), 7, page -> {
            if (followed.size() > 50 && !failed[0]) {
                failed[0] = true;
                return Future.failedFuture("once");
            }
            followed.addAll(page.events());
            return Future.succeededFuture();
        });
        int each = 100;
        List<Future<?>> writing = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            Database own = newDatabase();
            writers.add(own);
            await(own.open());
        }
        for (int writer = 0; writer < 4; writer++) {
            writing.add(writeOneAfterAnother(writers.get(writer), writer * 1_000L, each));
        }
        await(Future.all(writing));
        until("all are followed", () -> followed.size() >= 4 * each);
        following.close();
        List<Long> keys = followed.stream().map(event -> new JsonObject(event.json()).getLong("keyId")).toList();
        assertThat(keys).hasSize(4 * each).doesNotHaveDuplicates();
        for (int writer = 0; writer < 4; writer++) {
            long begin = writer * 1_000L;
            assertThat(keys.stream().filter(key -> key / 1_000 == begin / 1_000).toList())
                    .as("a writer's events").isSorted().hasSize(each);
        }
    }

    private Future<?> writeOneAfterAnother(Database own, long key, int left) {
        return left == 0 ? Future.succeededFuture()
                : own.write(connection -> new Outbox(own).append(
                                connection, List.of(message(new KeyChanged(key), NOW))))
                        .compose(written -> writeOneAfterAnother(own, key + 1, left - 1));
    }

    @Test
    void whatCannotBeKeptIsToldAndCounted() {
        List<JsonObject> told = new CopyOnWriteArrayList<>();
        vertx.eventBus().<JsonObject>consumer("rentcache.key.changed", message -> told.add(message.body()));
        OutboxVerticle node = new OutboxVerticle(vertx, database, metrics, InstantSource.fixed(NOW));
        String id = await(vertx.deployVerticle(node));
        node.writer().add(message(new KeyChanged(1), NOW));
        until("it is told", () -> told.size() == 1);
        assertThat(told.get(0).getString("cursor")).isEqualTo(read(OutboxReader.OLDEST, 1).next());
        await(database.close());
        for (int key = 2; key < 12; key++) {
            node.writer().add(message(new KeyChanged(key), NOW));
        }
        until("they are told all the same", () -> told.size() == 11);
        assertThat(told.subList(1, 11)).noneMatch(event -> event.containsKey("cursor"));
        await(vertx.undeploy(id));
        assertThat(metrics.dropped("outbox").count()).isEqualTo(10);
        assertThat(told).hasSize(11);
    }
}

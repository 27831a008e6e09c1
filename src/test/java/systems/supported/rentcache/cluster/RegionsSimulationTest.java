package systems.supported.rentcache.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RecentInvalidations.Since;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.AdvanceAllowance;
import systems.supported.rentcache.limits.Rate;

/**
 * Two regions in virtual time, as docs/CLUSTER.md describes them: the first has the database that is written, the second
 * a replica of it that it reads. They share one budget and one account. The link between them is cut and healed at any
 * time. What decides is the program's own; the database, its replica and the link are played.
 */
class RegionsSimulationTest {
    private static final int QUESTIONS = 60;
    private static final long STEP_MILLIS = 100;
    private static final long TICK_MILLIS = 1_000;
    private static final long REPLICA_LAG_MILLIS = 300;
    private static final long DISTRUST_MILLIS = 5_000;
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Endpoint ENDPOINT = endpoint();

    private static Endpoint endpoint() {
        try {
            return CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.parse("100/minute"), true)
                    .endpoint("properties").orElseThrow();
        } catch (Exception wrong) {
            throw new AssertionError(wrong);
        }
    }

    /** What a region says to a question. */
    private enum Said { FRESH, STALE, FETCHED, REFUSED }

    /** The database that both write to, while they can. */
    private static final class Database {
        private final long cap;
        private long committed;
        private long reserved;
        private final Map<CacheKey, StoredAnswer> answers = new HashMap<>();
        private final Map<CacheKey, Long> invalidatedAt = new HashMap<>();
        private final List<CacheKey> log = new ArrayList<>();

        private Database(long cap) {
            this.cap = cap;
        }

        private boolean reserve(long calls) {
            if (committed + reserved + calls > cap) {
                return false;
            }
            reserved += calls;
            return true;
        }

        private long left() {
            return cap - committed - reserved;
        }
    }

    /** The world and its time. */
    private static final class World {
        private final Database database;
        private final Region first;
        private final Region second;
        private long now;
        private long billed;
        private boolean cut;

        private World(long cap) {
            database = new Database(cap);
            first = new Region(this, false);
            second = new Region(this, true);
        }

        private Instant instant() {
            return BEGIN.plusMillis(now);
        }

        private void pass(long millis) {
            for (long end = now + millis; now < end; now += STEP_MILLIS) {
                if (now % TICK_MILLIS == 0) {
                    first.tick();
                    second.tick();
                }
            }
        }

        private void invalidate(CacheKey key) {
            database.answers.remove(key);
            database.invalidatedAt.put(key, now);
            database.log.add(key);
        }
    }

    /** A region: one node stands for all of its nodes. */
    private static final class Region {
        private final World world;
        private final boolean remote;
        private final NearCache near;
        private final RecentInvalidations heard = new RecentInvalidations();
        private final Map<CacheKey, StoredAnswer> replica = new HashMap<>();
        private int applied;
        private long inAdvance;
        private long spentInAdvance;

        private Region(World world, boolean remote) {
            this.world = world;
            this.remote = remote;
            this.near = new NearCache(1 << 24, () -> Duration.ofMillis(world.now).toNanos());
            near.trustUntil(Duration.ofMillis(DISTRUST_MILLIS).toNanos());
        }

        private boolean isCutOff() {
            return remote && world.cut;
        }

        /** Once a second: hears of invalidations, and settles and renews what it may spend when cut off. */
        private void tick() {
            if (isCutOff()) {
                return;
            }
            Database database = world.database;
            for (; applied < database.log.size(); applied++) {
                Invalidation what = new Invalidation.OfKey(database.log.get(applied));
                heard.add(what, world.instant());
                near.invalidate(what);
            }
            near.trustUntil(Duration.ofMillis(world.now + DISTRUST_MILLIS).toNanos());
            if (world.now % TICK_MILLIS == 0 && remote) {
                replica.clear();
                database.answers.forEach((key, answer) -> {
                    if (!answer.entry().fetchedAt().isAfter(world.instant().minusMillis(REPLICA_LAG_MILLIS))) {
                        replica.put(key, answer);
                    }
                });
            }
            database.committed += spentInAdvance;
            database.reserved -= inAdvance;
            spentInAdvance = 0;
            long wanted = AdvanceAllowance.of(database.left());
            inAdvance = database.reserve(wanted) ? wanted : 0;
        }

        private Said ask(CacheKey key) {
            Since begun = heard.since(world.instant());
            NearEntry kept = near.get(key);
            if (kept != null && near.isTrusted() && isHit(kept.answer().entry())) {
                return Said.FRESH;
            }
            StoredAnswer found = (remote ? replica : world.database.answers).get(key);
            if (found != null && !heard.cover(found.entry(), begun) && isHit(found.entry())) {
                if (near.isTrusted()) {
                    near.put(found);
                    return Said.FRESH;
                }
                return Said.STALE;
            }
            if (kept != null && !near.isTrusted()) {
                return Said.STALE;
            }
            return fetch(key);
        }

        private boolean isHit(Entry entry) {
            return CacheDecision.decide(entry, RequestDirectives.NONE, ENDPOINT, world.instant())
                    instanceof CacheDecision.Hit;
        }

        private Said fetch(CacheKey key) {
            if (isCutOff()) {
                if (spentInAdvance == inAdvance) {
                    return Said.REFUSED;
                }
                spentInAdvance++;
            } else if (world.database.reserve(1)) {
                world.database.reserved--;
                world.database.committed++;
            } else {
                return Said.REFUSED;
            }
            world.billed++;
            StoredAnswer answer = answer(key, world.instant());
            near.put(answer);
            if (!isCutOff()) {
                world.database.answers.put(key, answer);
            }
            return Said.FETCHED;
        }
    }

    private static StoredAnswer answer(CacheKey key, Instant at) {
        return new StoredAnswer(new Entry(
                key, "properties", "{}", "/", 200, List.of(), "\"e\"", Validators.NONE, at, Duration.ZERO,
                at.plus(Duration.ofHours(1))), Buffer.buffer("{}"), null);
    }

    private static CacheKey key(int question) {
        return CacheKey.of("question " + question);
    }

    @Property(tries = 100)
    void whateverHappensTheBudgetHoldsAndNothingInvalidIsGivenAsFreshBeyondTheBound(
            @ForAll long seed, @ForAll @IntRange(min = 5, max = 3_000) int cap) {
        Random dice = new Random(seed);
        World world = new World(cap);
        for (int i = 0; i < 600; i++) {
            world.pass(STEP_MILLIS * (1 + dice.nextInt(20)));
            int what = dice.nextInt(100);
            CacheKey key = key(dice.nextInt(QUESTIONS));
            if (what < 2) {
                world.cut = !world.cut;
            } else if (what < 10) {
                world.invalidate(key);
            } else {
                Region region = dice.nextBoolean() ? world.first : world.second;
                NearEntry known = region.near.peek(key);
                boolean fresh = region.ask(key) == Said.FRESH;
                Long invalid = world.database.invalidatedAt.get(key);
                if (fresh && invalid != null && known != null
                        && known.answer().entry().fetchedAt().isBefore(BEGIN.plusMillis(invalid))) {
                    assertThat(world.now - invalid).as("how long after it was invalidated")
                            .isLessThanOrEqualTo(DISTRUST_MILLIS + TICK_MILLIS);
                }
            }
            assertThat(world.billed).isLessThanOrEqualTo(cap);
            assertThat(world.database.committed + world.database.reserved).isLessThanOrEqualTo(cap);
        }
        world.cut = false;
        world.pass(2 * TICK_MILLIS);
        assertThat(world.database.committed).as("each call is in the ledger once").isEqualTo(world.billed);
        assertThat(world.database.reserved).isLessThanOrEqualTo(2 * AdvanceAllowance.MOST);
    }

    @Test
    void aRegionThatIsCutOffServesWhatItHasAndSpendsItsAllowanceOnly() {
        World world = new World(10_000);
        world.pass(2 * TICK_MILLIS);
        assertThat(world.second.ask(key(1))).isEqualTo(Said.FETCHED);
        assertThat(world.first.ask(key(2))).isEqualTo(Said.FETCHED);
        world.pass(2 * TICK_MILLIS);

        world.cut = true;
        assertThat(world.second.ask(key(1))).as("at once, near").isEqualTo(Said.FRESH);
        world.pass(DISTRUST_MILLIS + TICK_MILLIS);
        assertThat(world.second.ask(key(1))).as("later").isEqualTo(Said.STALE);
        assertThat(world.second.ask(key(2))).as("of the replica").isEqualTo(Said.STALE);
        int fetched = 0;
        for (int question = 100; question < 200; question++) {
            fetched += world.second.ask(key(question)) == Said.FETCHED ? 1 : 0;
        }
        assertThat(fetched).isEqualTo((int) AdvanceAllowance.MOST);
        assertThat(world.first.ask(key(300))).as("the other goes on").isEqualTo(Said.FETCHED);

        world.cut = false;
        world.pass(2 * TICK_MILLIS);
        assertThat(world.second.ask(key(1))).isEqualTo(Said.FRESH);
        assertThat(world.database.committed).isEqualTo(world.billed);
    }

    @Test
    void whatIsInvalidatedWhileTheLinkIsCutIsGoneSoonAfterItHeals() {
        World world = new World(10_000);
        world.pass(2 * TICK_MILLIS);
        world.second.ask(key(1));
        world.pass(2 * TICK_MILLIS);
        world.cut = true;
        world.invalidate(key(1));
        world.pass(20 * TICK_MILLIS);
        assertThat(world.second.ask(key(1))).isEqualTo(Said.STALE);

        world.cut = false;
        world.pass(2 * TICK_MILLIS);

        assertThat(world.second.ask(key(1))).isEqualTo(Said.FETCHED);
    }
}

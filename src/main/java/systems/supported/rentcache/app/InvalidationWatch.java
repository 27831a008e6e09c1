package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.cache.Invalidation;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.CacheInvalidated;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.events.KeyChanged;
import systems.supported.rentcache.events.KeyRevoked;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.InvalidationLog;
import systems.supported.rentcache.storage.Subscription;

/**
 * Learns what other processes on the database did, other nodes and the command line: keys that changed are forgotten,
 * and entries that were invalidated leave the near tier.
 *
 * <p>PostgreSQL tells of a change as soon as it is committed; the log of changes is read then, and also from time to
 * time, should a message be lost. SQLite has no messages, and is asked often instead. A node that could not ask for
 * {@link #DISTRUST} does not know what of its near tier is invalid, and gives nothing of it that other tiers can give.
 * Confined to one event loop but for {@link #catchUp}.
 */
final class InvalidationWatch extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(InvalidationWatch.class);
    private static final String CHANNEL = "rentcache_changes";
    /** How long a node that cannot ask still gives what it has near. */
    private static final Duration DISTRUST = Duration.ofSeconds(5);
    /** By how much longer than the time between two questions what is near is trusted, at least. */
    private static final Duration MARGIN = Duration.ofSeconds(1);
    /** How long an answer of the database is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long UNKNOWN = -1;

    private final Database database;
    private final Duration interval;
    private final Duration trustedFor;
    private final InvalidationLog log;
    private final Authenticator authenticator;
    private final NearCache near;
    private final SqlTier tier;
    private final Optional<RedisTier> redis;
    private final RecentInvalidations recent;
    private final PartHealth health;
    private final SqlApiKeyStore keys;
    private final EventPublisher events;
    private long applied = UNKNOWN;
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private boolean asking;
    private boolean told;
    private boolean distrusted;
    private Subscription subscription;

    /**
     * A watch that knows nothing yet.
     *
     * @param interval how often it asks without having been told
     * @param events   publishes what it learnt
     */
    InvalidationWatch(
            Database database,
            Duration interval,
            Authenticator authenticator,
            NearCache near,
            SqlTier tier,
            Optional<RedisTier> redis,
            RecentInvalidations recent,
            PartHealth health,
            EventPublisher events) {
        this.database = database;
        this.interval = interval;
        this.trustedFor = DISTRUST.compareTo(interval.plus(MARGIN)) < 0 ? interval.plus(MARGIN) : DISTRUST;
        this.log = new InvalidationLog(database);
        this.authenticator = authenticator;
        this.near = near;
        this.tier = tier;
        this.redis = redis;
        this.recent = recent;
        this.health = health;
        this.keys = new SqlApiKeyStore(database);
        this.events = events;
    }

    @Override
    public Future<?> start() {
        trustSince(System.nanoTime());
        vertx.setPeriodic(interval.toMillis(), timer -> {
            tellOfTrust();
            ask();
        });
        return database.listen(CHANNEL, change -> context.runOnContext(here -> ask()))
                .onSuccess(listening -> subscription = listening)
                .otherwiseEmpty()
                .compose(listening -> look().otherwiseEmpty());
    }

    @Override
    public Future<?> stop() {
        // Before the connection goes with this verticle: that would be taken for its loss.
        return subscription == null ? Future.succeededFuture() : subscription.close();
    }

    /**
     * Completes when this node goes by all that was committed before: by who changes something here, and answers that it
     * is done. A change that the database cannot tell of now is heard of later, as all others are.
     */
    Future<Void> catchUp() {
        Promise<Void> caughtUp = Promise.promise();
        context.runOnContext(here -> {
            waiting.add(caughtUp);
            ask();
        });
        return caughtUp.future();
    }

    /** Asks for what is new; of what is told while that is under way, it may not have the last. */
    private void ask() {
        if (asking) {
            told = true;
            return;
        }
        asking = true;
        told = false;
        long asked = System.nanoTime();
        List<Promise<Void>> answered = List.copyOf(waiting);
        waiting.clear();
        look().onComplete(done -> {
            asking = false;
            answered.forEach(Promise::complete);
            if (done.succeeded()) {
                trustSince(asked);
            }
            tellOfTrust();
            if (told && done.succeeded()) {
                ask();
            }
        });
    }

    /** What was invalid at a time is known: that is when the database was asked, however late it answered. */
    private void trustSince(long asked) {
        near.trustUntil(asked + trustedFor.toNanos());
    }

    private void tellOfTrust() {
        boolean trusted = near.isTrusted();
        if (trusted && distrusted) {
            LOG.info("The database can be asked again for what is invalid; the near tier is used as before.");
        } else if (!trusted && !distrusted) {
            LOG.warn("The database could not be asked for {} s for what is invalid. What is near is given only "
                    + "where no other tier answers, and as stale.", trustedFor.toSeconds());
        }
        distrusted = !trusted;
    }

    private Future<Void> look() {
        Future<Void> looked = applied == UNKNOWN ? begin() : inTime(log.since(applied)).compose(this::applyAll);
        return looked.onSuccess(done -> health.worked("watch")).onFailure(failure -> health.failed("watch", failure));
    }

    /**
     * Keys are loaded after the place in the log is known: a change between the two is then heard of. What came near
     * before that may have been invalidated.
     */
    private Future<Void> begin() {
        return inTime(log.last()).compose(last -> {
            applied = last;
            near.invalidate(new Invalidation.All());
            authenticator.forgetAll();
            return preload();
        });
    }

    /** Keys are waited for some seconds; the others follow, after a failure from the first on. */
    private Future<Void> preload() {
        Future<Void> loaded = authenticator.preload()
                .onFailure(failure -> vertx.setTimer(PATIENCE.toMillis(), later -> preload()));
        return inTime(loaded).recover(failure -> failure instanceof TimeoutException
                ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    /** A database that hangs is asked again. */
    private static <T> Future<T> inTime(Future<T> asked) {
        return asked.timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Applies lines on a worker thread: one that covers much has to look at every entry. */
    private Future<Void> applyAll(List<InvalidationLog.Line> lines) {
        if (lines.isEmpty()) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> lines.stream().map(this::apply).toList())
                .compose(applied -> inTime(Future.all(applied)))
                .<Void>mapEmpty()
                .onSuccess(done -> {
                    applied = lines.get(lines.size() - 1).seq();
                    lines.forEach(this::publish);
                });
    }

    /** Says what this node gives no longer, and whose key it sees with other eyes. */
    private void publish(InvalidationLog.Line line) {
        if (line.scope().startsWith(SqlApiKeyStore.SCOPE)) {
            publishKey(line.scope().substring(SqlApiKeyStore.SCOPE.length()), line.told());
        } else {
            events.tell(new CacheInvalidated(line.seq(), line.scope(), line.at()), cursor(line.told()));
        }
    }

    private static String cursor(InvalidationLog.Told told) {
        return told == null ? null : told.cursor();
    }

    private void publishKey(String id, InvalidationLog.Told told) {
        try {
            long keyId = Long.parseLong(id);
            // The key is known before its first use: one that is new may come from an address that guesses keys.
            Future<Optional<ApiKey>> key = inTime(authenticator.preload(keyId));
            isRevoked(key, told).onSuccess(revoked -> events.tell(
                    revoked ? new KeyRevoked(keyId) : new KeyChanged(keyId), cursor(told)));
        } catch (NumberFormatException unreadable) {
            LOG.debug("'{}' is no key's id", id);
        }
    }

    /** Where the line does not say it, the key does. */
    private static Future<Boolean> isRevoked(Future<Optional<ApiKey>> key, InvalidationLog.Told told) {
        return told == null
                ? key.map(found -> !found.map(ApiKey::active).orElse(false)).otherwise(false)
                : key.transform(loaded -> Future.succeededFuture(told.name().equals(Event.name(Addresses.KEY_REVOKED))));
    }

    private Future<?> apply(InvalidationLog.Line line) {
        try {
            if (line.scope().startsWith(SqlApiKeyStore.SCOPE)) {
                authenticator.forget(Long.parseLong(line.scope().substring(SqlApiKeyStore.SCOPE.length())));
                return Future.succeededFuture();
            }
            return invalidate(Invalidation.parse(line.scope()), line);
        } catch (RuntimeException unreadable) {
            // Written by a version that knows more: what it covers is unknown, so everything may be.
            LOG.warn("Line {} of the invalidations, '{}', is not understood; everything kept is invalidated.",
                    line.seq(), line.scope());
            authenticator.forgetAll();
            return invalidate(new Invalidation.All(), line);
        }
    }

    /** In this order: what is kept from now on is checked first, then what was kept before is dropped. */
    private Future<?> invalidate(Invalidation what, InvalidationLog.Line line) {
        recent.add(what, line.at());
        // Each node tells Redis, for whoever invalidated may have been unable to; it is the same to tell it twice.
        redis.ifPresent(shared -> shared.invalidate(what, line.at()));
        near.invalidate(what);
        return tier.forget(what, line);
    }
}

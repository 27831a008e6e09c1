package systems.supported.rentcache.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.PermissionBasedAuthorization;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import systems.supported.rentcache.limits.GuessLimit;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.peer.PeerAddress;

/**
 * Tells whose key a value is. Known keys answer from memory and go on doing so when the store is away; a value seen for
 * the first time asks the store. When a key changes anywhere, {@link #forget} drops what is known of it and raises the
 * {@link #epoch}, by which those who remember a caller notice.
 *
 * <p>Digests are compared, never values, so look-ups by hash leak nothing that helps to find a value. Thread-safe;
 * futures complete on the caller's context.
 */
public final class Authenticator implements AuthenticationProvider {
    private static final String AUTHORIZATIONS = "rentcache";
    /** What the heap holds of a caller, with its limits and their state; bench/NearMemory.java measures it. */
    private static final long BYTES_OF_CALLER = 1_024;
    private static final int PAGE = 500;
    private static final int MOST_UNKNOWN = 10_000;
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);
    /** How long a store that hangs is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Where credentials come from that no connection brought. */
    private static final PeerAddress NOWHERE = new PeerAddress(0, 0);
    private static final long STARTED = System.nanoTime();

    private final ApiKeyStore store;
    private final LimitStates states;
    private final LimitPolicies policies;
    private final InstantSource clock;
    private final PartHealth health;
    private final GuessLimit guesses;
    private final LongAdder throttled = new LongAdder();
    private final long mostCallers;
    private final Cache<KeyHash, Caller> callers;
    /** By which digests the callers of a key are known. */
    private final Map<Long, Set<KeyHash>> known = new ConcurrentHashMap<>();
    private final Cache<KeyHash, Boolean> unknown = Caffeine.newBuilder()
            .maximumSize(MOST_UNKNOWN).expireAfterWrite(UNKNOWN_FOR).executor(Runnable::run).build();
    private final Map<KeyHash, ApiKey> held = new ConcurrentHashMap<>();
    private final Map<Look, Future<Authentication>> looks = new ConcurrentHashMap<>();
    private volatile long epoch;

    /**
     * A look into the store that is under way.
     *
     * @param asked the epoch in which it began: after a change it tells nothing
     */
    private record Look(KeyHash hash, long asked) {
    }

    /**
     * An authenticator that knows no key yet.
     *
     * @param health  is told whether the store can be asked
     * @param badKeys how many unknown keys an address may try
     * @param bytes   how much of the heap remembers keys, about
     */
    public Authenticator(
            ApiKeyStore store, LimitStates states, LimitPolicies policies, InstantSource clock, PartHealth health,
            Rate badKeys, long bytes) {
        this.store = store;
        this.states = states;
        this.policies = policies;
        this.clock = clock;
        this.health = health;
        this.guesses = new GuessLimit(badKeys, new SecureRandom().nextLong());
        this.mostCallers = bytes / BYTES_OF_CALLER;
        this.callers = Caffeine.newBuilder()
                .maximumSize(mostCallers).executor(Runnable::run)
                .<KeyHash, Caller>evictionListener((hash, caller, why) -> known.computeIfPresent(
                        caller.key().id(), (id, hashes) -> without(hashes, hash)))
                .build();
    }

    /** Accepts a key whatever the store says, until it is released or this process ends. */
    public void hold(ApiKey key) {
        held.put(key.hash(), key);
        forget(key.id());
    }

    /** Has the store decide again about a value that was held. */
    public void release(KeyHash hash) {
        ApiKey released = held.remove(hash);
        if (released != null) {
            forget(released.id());
        }
    }

    /** Changes whenever a key may have changed: a caller remembered under another epoch has to be asked for again. */
    public long epoch() {
        return epoch;
    }

    /**
     * Whose value this is. Keys that are known here are told at once, whatever else comes from their address; a value
     * that is not costs its address one of its guesses before the store is asked. Whoever presents the same value meanwhile
     * waits for that answer, at no further guess.
     *
     * @param value the value as presented
     * @param from  the address that it came from
     * @return never fails
     */
    public Future<Authentication> verify(String value, PeerAddress from) {
        KeyHash hash = KeyHash.of(value);
        Caller caller = callers.getIfPresent(hash);
        if (caller != null) {
            return Future.succeededFuture(judge(caller));
        }
        long asked = epoch;
        ApiKey inMemory = held.get(hash);
        if (inMemory != null) {
            return Future.succeededFuture(judge(remember(inMemory, hash, asked)));
        }
        if (unknown.getIfPresent(hash) != null) {
            return Future.succeededFuture(new Authentication.Rejected());
        }
        Look look = new Look(hash, asked);
        Future<Authentication> underWay = looks.get(look);
        if (underWay != null) {
            return here(underWay);
        }
        PeerAddress guesser = from.holder();
        long wait = guesses.take(guesser.high(), guesser.low(), System.nanoTime() - STARTED);
        if (wait > 0) {
            throttled.increment();
            return Future.succeededFuture(new Authentication.Throttled(1 + TimeUnit.NANOSECONDS.toSeconds(wait)));
        }
        Future<Authentication> found = load(hash, asked).onSuccess(authentication -> {
            if (!(authentication instanceof Authentication.Rejected)) {
                guesses.giveBack(guesser.high(), guesser.low());
            }
        });
        looks.put(look, found);
        found.onComplete(done -> looks.remove(look, found));
        return found;
    }

    /** What completes on the context of another request completes on this one's, too. */
    private static Future<Authentication> here(Future<Authentication> underWay) {
        Context here = Vertx.currentContext();
        if (here == null) {
            return underWay;
        }
        Promise<Authentication> told = Promise.promise();
        underWay.onSuccess(found -> here.runOnContext(ran -> told.complete(found)));
        return told.future();
    }

    /**
     * The same for programs on the event bus and its bridge, which an operator lets in: they are one address together.
     *
     * @param value the value as presented
     * @return never fails
     */
    public Future<Authentication> verify(String value) {
        return verify(value, NOWHERE);
    }

    /** How many values were refused without being looked for, as too many unknown ones came from their addresses. */
    public long throttled() {
        return throttled.sum();
    }

    /**
     * Whose value this is, for a node that does not know which keys have changed meanwhile: the store is asked also of
     * what is in memory. Where the store is away, what is in memory goes on working.
     *
     * @param value the value as presented
     * @param from  the address that it came from
     * @return never fails
     */
    public Future<Authentication> confirm(String value, PeerAddress from) {
        KeyHash hash = KeyHash.of(value);
        Caller caller = callers.getIfPresent(hash);
        if (caller == null || held.containsKey(hash) || !health.state().isUp()) {
            return verify(value, from);
        }
        return load(hash, epoch).map(authentication ->
                authentication instanceof Authentication.Unavailable ? judge(caller) : authentication);
    }

    /** The key of an id, accepted or not; asks the store, but for keys that are held. */
    public Future<Optional<ApiKey>> find(long id) {
        Optional<ApiKey> inMemory = held.values().stream().filter(key -> key.id() == id).findFirst();
        return inMemory.isPresent() ? Future.succeededFuture(inMemory)
                : store.find(Long.toString(id)).map(found -> found.filter(key -> key.id() == id));
    }

    /** A key with all that its requests need, as if it had been presented; nothing is remembered. */
    public Caller peek(ApiKey key) {
        return new Caller(key, key.hash(), policies.of(key), states.peek(key.id(), key.usage()));
    }

    /** Whether a remembered caller's key is accepted at this moment. */
    public boolean isAccepted(Caller caller) {
        return caller.key().expiresAt() == null && caller.key().previous().isEmpty()
                || caller.key().isAccepted(caller.presented(), clock.instant());
    }

    private Future<Authentication> load(KeyHash hash, long asked) {
        return store.byHash(hash)
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(found -> health.worked("key look-up"))
                .onFailure(failure -> health.failed("key look-up", failure))
                .map(found -> found.map(key -> judge(remember(key, hash, asked))).orElseGet(() -> reject(hash, asked)))
                .recover(failure -> Future.succeededFuture(new Authentication.Unavailable()));
    }

    /** What was read before a change is not kept. */
    private synchronized Authentication reject(KeyHash hash, long asked) {
        if (asked == epoch) {
            unknown.put(hash, true);
        }
        return new Authentication.Rejected();
    }

    private Authentication judge(Caller caller) {
        return caller.key().isAccepted(caller.presented(), clock.instant())
                ? new Authentication.Accepted(caller)
                : new Authentication.Rejected();
    }

    /** Remembers a key as it was read, unless keys have changed since it was asked for. */
    private synchronized Caller remember(ApiKey key, KeyHash hash, long asked) {
        Caller caller = new Caller(key, hash, policies.of(key), states.of(key.id(), key.usage()));
        if (asked == epoch) {
            callers.put(hash, caller);
            // Last: what is evicted before this is listed in vain, and what is not listed could not be forgotten.
            known.merge(key.id(), Set.of(hash), Authenticator::union);
        }
        return caller;
    }

    private static Set<KeyHash> union(Set<KeyHash> some, Set<KeyHash> others) {
        return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** What is left of them; null where that is none. */
    private static Set<KeyHash> without(Set<KeyHash> hashes, KeyHash gone) {
        Set<KeyHash> left = hashes.stream().filter(hash -> !hash.equals(gone)).collect(Collectors.toUnmodifiableSet());
        return left.isEmpty() ? null : left;
    }

    /**
     * Loads keys ahead of their first use, as many as are remembered: they cost nobody a guess, and go on working should the
     * store fail later.
     */
    public Future<Void> preload() {
        return preloadBehind(0, mostCallers);
    }

    /** Loads those behind an id, page by page; a page that was read before a change is read again. */
    private Future<Void> preloadBehind(long after, long most) {
        long asked = epoch;
        return store.list(false, after, PAGE).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).compose(keys -> {
            keys.forEach(key -> learn(key, asked));
            if (asked != epoch) {
                return preloadBehind(after, most);
            }
            return keys.size() < PAGE || most <= PAGE ? Future.succeededFuture()
                    : preloadBehind(keys.get(PAGE - 1).id(), most - PAGE);
        });
    }

    /**
     * Loads a key ahead of its first use, after a change.
     *
     * @param id the key's number
     * @return it; empty where there is none
     */
    public Future<Optional<ApiKey>> preload(long id) {
        long asked = epoch;
        return store.find(Long.toString(id)).onSuccess(found ->
                found.filter(key -> key.id() == id).ifPresent(key -> learn(key, asked)));
    }

    private void learn(ApiKey key, long asked) {
        remember(key, key.hash(), asked);
        key.previous().ifPresent(previous -> remember(key, previous.hash(), asked));
    }

    /**
     * Drops what is known of a key. The epoch changes last: who reads the new one finds nothing old here any more, and may
     * keep under it what it finds.
     */
    public synchronized void forget(long keyId) {
        Set<KeyHash> hashes = known.remove(keyId);
        if (hashes != null) {
            callers.invalidateAll(hashes);
        }
        unknown.invalidateAll();
        epoch++;
    }

    /** Drops what is known of all keys. */
    public synchronized void forgetAll() {
        callers.invalidateAll();
        known.clear();
        unknown.invalidateAll();
        epoch++;
    }

    /** {@inheritDoc} A {@link TokenCredentials} holds the value; the user's authorizations are its permissions. */
    @Override
    public Future<User> authenticate(Credentials credentials) {
        if (!(credentials instanceof TokenCredentials token)) {
            return Future.failedFuture("an API key is presented as a token");
        }
        return verify(token.getToken()).compose(authentication -> {
            if (authentication instanceof Authentication.Accepted accepted) {
                return Future.succeededFuture(user(accepted.caller()));
            }
            return Future.failedFuture(authentication instanceof Authentication.Unavailable
                    ? "the key store cannot be asked"
                    : "the key is not known");
        });
    }

    private static User user(Caller caller) {
        User user = User.fromName(caller.key().name());
        user.principal().put("keyId", caller.key().id());
        Set<Authorization> permissions = caller.key().permissions().stream()
                .map(permission -> PermissionBasedAuthorization.create(permission.text()))
                .collect(Collectors.toSet());
        user.authorizations().put(AUTHORIZATIONS, permissions);
        return user;
    }
}

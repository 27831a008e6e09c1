package systems.supported.rentcache.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.PermissionBasedAuthorization;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.ops.PartHealth;

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
    private static final int MOST_CALLERS = 200_000;
    private static final int MOST_UNKNOWN = 10_000;
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);

    private final ApiKeyStore store;
    private final LimitStates states;
    private final LimitPolicies policies;
    private final InstantSource clock;
    private final PartHealth health;
    private final Cache<KeyHash, Caller> callers = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS).executor(Runnable::run).build();
    private final Cache<KeyHash, Boolean> unknown = Caffeine.newBuilder()
            .maximumSize(MOST_UNKNOWN).expireAfterWrite(UNKNOWN_FOR).executor(Runnable::run).build();
    private final Map<KeyHash, Future<Authentication>> loading = new ConcurrentHashMap<>();
    private final Map<KeyHash, ApiKey> held = new ConcurrentHashMap<>();
    private volatile long epoch;

    /**
     * An authenticator that knows no key yet.
     *
     * @param health is told whether the store can be asked
     */
    public Authenticator(
            ApiKeyStore store, LimitStates states, LimitPolicies policies, InstantSource clock, PartHealth health) {
        this.store = store;
        this.states = states;
        this.policies = policies;
        this.clock = clock;
        this.health = health;
    }

    /** Accepts a key whatever the store says, until this process ends. */
    public void hold(ApiKey key) {
        held.put(key.hash(), key);
        forget(key.id());
    }

    /** Changes whenever a key may have changed: a caller remembered under another epoch has to be asked for again. */
    public long epoch() {
        return epoch;
    }

    /**
     * Whose value this is.
     *
     * @param value the value as presented
     * @return never fails
     */
    public Future<Authentication> verify(String value) {
        KeyHash hash = KeyHash.of(value);
        Caller caller = callers.getIfPresent(hash);
        if (caller != null) {
            return Future.succeededFuture(judge(caller));
        }
        ApiKey inMemory = held.get(hash);
        if (inMemory != null) {
            return Future.succeededFuture(judge(remember(inMemory, hash)));
        }
        if (unknown.getIfPresent(hash) != null) {
            return Future.succeededFuture(new Authentication.Rejected());
        }
        Future<Authentication> load = loading.get(hash);
        if (load == null) {
            load = load(hash);
            if (!load.isComplete()) {
                loading.put(hash, load);
                load.onComplete(loaded -> loading.remove(hash));
            }
        }
        return load;
    }

    /** Whether a remembered caller's key is accepted at this moment. */
    public boolean isAccepted(Caller caller) {
        return caller.key().expiresAt() == null && caller.key().previous().isEmpty()
                || caller.key().isAccepted(caller.presented(), clock.instant());
    }

    private Future<Authentication> load(KeyHash hash) {
        long asked = epoch;
        return store.byHash(hash)
                .onSuccess(found -> health.worked())
                .onFailure(failure -> health.failed(failure.getMessage()))
                .map(found -> found.map(key -> judge(asked == epoch ? remember(key, hash) : caller(key, hash)))
                        .orElseGet(() -> reject(hash)))
                .recover(failure -> Future.succeededFuture(new Authentication.Unavailable()));
    }

    private Authentication reject(KeyHash hash) {
        unknown.put(hash, true);
        return new Authentication.Rejected();
    }

    private Authentication judge(Caller caller) {
        return caller.key().isAccepted(caller.presented(), clock.instant())
                ? new Authentication.Accepted(caller)
                : new Authentication.Rejected();
    }

    private Caller remember(ApiKey key, KeyHash hash) {
        Caller caller = caller(key, hash);
        callers.put(hash, caller);
        return caller;
    }

    private Caller caller(ApiKey key, KeyHash hash) {
        return new Caller(key, hash, policies.of(key), states.of(key.id(), key.usage()));
    }

    /** Loads keys ahead of their first use; they go on working should the store fail later. */
    public Future<Void> preload() {
        return store.list(false, MOST_CALLERS).map(keys -> {
            keys.forEach(key -> remember(key, key.hash()));
            return null;
        });
    }

    /** Drops what is known of a key. */
    public void forget(long keyId) {
        callers.asMap().values().removeIf(caller -> caller.key().id() == keyId);
        unknown.invalidateAll();
        bumpEpoch();
    }

    private synchronized void bumpEpoch() {
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

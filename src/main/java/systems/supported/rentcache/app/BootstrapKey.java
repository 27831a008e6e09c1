package systems.supported.rentcache.app;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.ApiKeyStore;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * Keys that are there without anybody having made them, with every permission: the administrator's of
 * {@code BOOTSTRAP_API_KEY}, without limits, and the demo's, with the configured ones.
 */
final class BootstrapKey {
    private static final String NAME = "bootstrap";
    private static final long IN_MEMORY = 0;

    private final Catalog catalog;

    BootstrapKey(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Makes sure that the key is in the store as it should be. A value other than that of the last start takes its
     * place: who changes the setting wants the old value gone.
     */
    Future<Void> ensure(ApiKeyStore store, String value, Instant now) {
        KeyHash hash = KeyHash.of(value);
        // The store also finds a key by the value that it had before.
        return store.byHash(hash).compose(known -> known.filter(key -> key.hash().equals(hash)).isPresent()
                ? store.update(known.get().id(), spec(known.get().name()), true, now)
                : replace(store, value, now)).mapEmpty();
    }

    private Future<ApiKey> replace(ApiKeyStore store, String value, Instant now) {
        return store.find(NAME).compose(former -> former.filter(ApiKey::active).isPresent()
                ? store.rotate(former.get().id(), value, Duration.ZERO, now)
                : store.create(spec(NAME), value, now));
    }

    /** The administrator's key for this process only, for when the store cannot be used. */
    ApiKey inMemory(String value, Instant now) {
        return inMemory(spec(NAME), value, now);
    }

    /** A key for trying things out, which is kept nowhere. */
    static ApiKey demo(String value, Instant now) {
        return inMemory(
                new KeySpec("demo", EnumSet.allOf(Permission.class), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(),
                        Map.of(), null),
                value, now);
    }

    private static ApiKey inMemory(KeySpec spec, String value, Instant now) {
        return new ApiKey(
                IN_MEMORY, spec.name(), KeyHash.of(value), KeyHash.hint(value), Optional.empty(), true, spec.permissions(),
                spec.dailyLimit(), spec.monthlyLimit(), spec.rate(), spec.endpointRates(), Quota.Usage.NONE, now, null,
                null);
    }

    private KeySpec spec(String name) {
        Set<Permission> everything = EnumSet.allOf(Permission.class);
        Map<String, Rate> rates = catalog.endpoints().stream()
                .collect(Collectors.toMap(Endpoint::name, endpoint -> Rate.UNLIMITED));
        return new KeySpec(
                name, everything, Quota.UNLIMITED, Quota.UNLIMITED, Optional.of(Rate.UNLIMITED), rates, null);
    }
}

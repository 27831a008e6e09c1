package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.KeyConflict;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.catalog.Catalog;

/** The keys of consumers: seen, made, changed, given new values, revoked. Thread-safe. */
public final class Keys {
    private static final String DEFAULT_GRACE = "24h";
    private static final int CREATED = 201;

    private final SqlApiKeyStore store;
    private final KeyRequest requests;
    private final ZoneId zone;
    private final InstantSource clock;
    private final Supplier<Future<Void>> heard;

    /**
     * The keys of a store.
     *
     * @param zone  whose days and months count
     * @param heard completes when a change that was made before it is asked is in force where this runs
     */
    public Keys(
            SqlApiKeyStore store, Catalog catalog, ZoneId zone, InstantSource clock, Supplier<Future<Void>> heard) {
        this.store = store;
        this.requests = new KeyRequest(catalog, zone);
        this.zone = zone;
        this.clock = clock;
        this.heard = heard;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "listKeys", this::list,
                "createKey", this::create,
                "showKey", this::show,
                "updateKey", this::update,
                "rotateKey", this::rotate,
                "revokeKey", this::revoke);
    }

    private Future<Document> list(Call call) {
        boolean revokedToo = "all".equals(call.text("status"));
        String search = Optional.ofNullable(call.text("search")).orElse("");
        return store.page(search, revokedToo, call.limit(), call.offset()).map(page -> Document.of(new JsonObject()
                .put("items", new JsonArray(documents(page.keys())))
                .put("total", page.total())
                .put("limit", call.limit())
                .put("offset", call.offset())));
    }

    private List<JsonObject> documents(List<ApiKey> keys) {
        Instant now = clock.instant();
        return keys.stream().map(key -> KeyDocument.of(key, zone, now)).toList();
    }

    private Future<Document> create(Call call) {
        return RefusedCall.orFailed(() -> {
            Instant now = clock.instant();
            KeySpec spec = requests.over(KeySpec.named(call.body().getString("name")), call.body(), now);
            Optional<String> given = KeyRequest.value(call.body());
            String value = given.orElseGet(KeyHash::newValue);
            return inForce(store.create(spec, value, now))
                    .map(key -> Document.of(CREATED, withValue(key, given.isPresent() ? null : value, now)));
        });
    }

    private Future<Document> show(Call call) {
        return with(call, key -> Future.succeededFuture(key)).map(this::document);
    }

    private Future<Document> update(Call call) {
        return with(call, key -> {
            Instant now = clock.instant();
            KeySpec spec = requests.over(KeySpec.of(key), call.body(), now);
            boolean active = call.body().getBoolean("active", key.active());
            return inForce(store.update(key.id(), spec, active, now));
        }).map(this::document);
    }

    private Future<Document> rotate(Call call) {
        Duration grace;
        try {
            grace = TimeSpan.parse(call.body().getString("grace", DEFAULT_GRACE)).duration();
        } catch (IllegalArgumentException wrong) {
            return Future.failedFuture(RefusedCall.invalid("grace", call.body().getString("grace"), TimeSpan.ALLOWED));
        }
        return RefusedCall.orFailed(() -> {
            Optional<String> given = KeyRequest.value(call.body());
            String value = given.orElseGet(KeyHash::newValue);
            Instant now = clock.instant();
            return with(call, key -> rotate(key, value, grace, now))
                    .map(key -> Document.of(withValue(key, given.isPresent() ? null : value, now)));
        });
    }

    private Future<ApiKey> rotate(ApiKey key, String value, Duration grace, Instant now) {
        if (!key.active()) {
            return Future.failedFuture(RefusedCall.conflict("Key '" + key.name()
                    + "' is revoked. Make it active again first."));
        }
        return store.byHash(KeyHash.of(value)).compose(owner -> owner.isPresent()
                ? Future.failedFuture(RefusedCall.conflict("This value belongs to a key already."))
                : inForce(store.rotate(key.id(), value, grace, now)));
    }

    private Future<Document> revoke(Call call) {
        return with(call, key -> key.active()
                ? inForce(store.revoke(key.id(), clock.instant())).compose(revoked -> find(key.id()))
                : Future.succeededFuture(key)).map(this::document);
    }

    private Document document(ApiKey key) {
        return Document.of(KeyDocument.of(key, zone, clock.instant()));
    }

    private JsonObject withValue(ApiKey key, String value, Instant now) {
        return new JsonObject().put("key", KeyDocument.of(key, zone, now)).put("value", value);
    }

    private Future<ApiKey> with(Call call, Function<ApiKey, Future<ApiKey>> use) {
        return find(call.parameters().getLong("id")).compose(use);
    }

    private Future<ApiKey> find(long id) {
        return store.byId(id).map(found -> found.orElseThrow(
                () -> RefusedCall.notFound("There is no key with the id " + id + ".")));
    }

    private <T> Future<T> inForce(Future<T> change) {
        return change.compose(done -> heard.get().map(done)).recover(failure -> Future.failedFuture(
                failure instanceof KeyConflict ? RefusedCall.conflict(failure.getMessage()) : failure));
    }
}

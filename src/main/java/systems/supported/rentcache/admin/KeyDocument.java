package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.TreeMap;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/** A key as it is shown: the contract's {@code Key}. There is nothing secret in it. Pure. */
final class KeyDocument {
    private KeyDocument() {
    }

    /**
     * All of a key; limits and rates are null where there are none of its own.
     *
     * @param zone where its days and months begin
     */
    static JsonObject of(ApiKey key, ZoneId zone, Instant now) {
        Quota.Usage usage = key.usage().in(Quota.Period.at(now, zone));
        JsonArray permissions = new JsonArray();
        key.permissions().stream().sorted().map(Permission::text).forEach(permissions::add);
        JsonObject rates = new JsonObject();
        new TreeMap<>(key.endpointRates()).forEach((endpoint, rate) -> rates.put(endpoint, rate.toString()));
        Optional<Instant> formerUntil = key.previous().map(ApiKey.Previous::expiresAt).filter(now::isBefore);
        return new JsonObject()
                .put("id", key.id())
                .put("name", key.name())
                .put("status", status(key, now))
                .put("hint", key.hint())
                .put("permissions", permissions)
                .put("dailyLimit", limit(key.dailyLimit()))
                .put("monthlyLimit", limit(key.monthlyLimit()))
                .put("usedToday", usage.dayCount())
                .put("usedThisMonth", usage.monthCount())
                .put("rate", key.rate().map(Rate::toString).orElse(null))
                .put("endpointRates", rates)
                .put("createdAt", text(key.createdAt()))
                .put("expiresAt", text(key.expiresAt()))
                .put("lastUsed", text(key.lastUsed()))
                .put("formerValueUntil", formerUntil.map(Instant::toString).orElse(null));
    }

    private static String status(ApiKey key, Instant now) {
        if (!key.active()) {
            return "revoked";
        }
        return key.expiresAt() != null && !now.isBefore(key.expiresAt()) ? "expired" : "active";
    }

    private static Long limit(long limit) {
        return limit == Quota.UNLIMITED ? null : limit;
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }
}

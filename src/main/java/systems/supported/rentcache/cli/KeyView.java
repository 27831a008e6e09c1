package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * Keys as they are shown. There is nothing secret in it.
 *
 * @param settings say in which zone days begin, and which limits hold for a key without its own
 * @param now      the time of the view
 */
record KeyView(Settings settings, Instant now) {
    /** Prints keys as a table. */
    void table(List<ApiKey> keys, PrintWriter out) {
        Table table = Table.of(
                ">ID", "NAME", "STATUS", "KEY", "PERMISSIONS", ">TODAY", ">THIS MONTH", "EXPIRES", "LAST USED");
        for (ApiKey key : keys) {
            Quota.Usage usage = usage(key);
            table.row(
                    key.id(), key.name(), status(key), key.hint(), Permission.format(key.permissions()),
                    used(usage.dayCount(), key.dailyLimit()), used(usage.monthCount(), key.monthlyLimit()),
                    Text.moment(key.expiresAt(), zone()), Text.moment(key.lastUsed(), zone()));
        }
        table.print(out);
    }

    /** Prints all of one key. */
    void fields(ApiKey key, PrintWriter out) {
        Quota.Usage usage = usage(key);
        Fields fields = new Fields()
                .put("id", key.id())
                .put("name", key.name())
                .put("status", status(key))
                .put("key", key.hint())
                .put("permissions", Permission.format(key.permissions()))
                .put("today", used(usage.dayCount(), key.dailyLimit()))
                .put("this month", used(usage.monthCount(), key.monthlyLimit()))
                .put("rate", key.rate().map(Rate::toString)
                        .orElse(settings.limiting().global() + " (the configured one)"))
                .put("endpoint rates", endpointRates(key))
                .put("created", Text.moment(key.createdAt(), zone()))
                .put("expires", Text.moment(key.expiresAt(), zone()))
                .put("last used", Text.moment(key.lastUsed(), zone()));
        previousUntil(key).ifPresent(
                until -> fields.put("former value", "accepted until " + Text.moment(until, zone())));
        fields.print(out);
    }

    /** All of one key; limits and rates are null where there are none of its own. */
    JsonObject json(ApiKey key) {
        Quota.Usage usage = usage(key);
        JsonArray permissions = new JsonArray();
        key.permissions().stream().sorted().map(Permission::text).forEach(permissions::add);
        JsonObject rates = new JsonObject();
        new TreeMap<>(key.endpointRates()).forEach((endpoint, rate) -> rates.put(endpoint, rate.toString()));
        return new JsonObject()
                .put("id", key.id())
                .put("name", key.name())
                .put("status", status(key))
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
                .put("formerValueUntil", previousUntil(key).map(Instant::toString).orElse(null));
    }

    private String status(ApiKey key) {
        if (!key.active()) {
            return "revoked";
        }
        return key.expiresAt() != null && !now.isBefore(key.expiresAt()) ? "expired" : "active";
    }

    private Optional<Instant> previousUntil(ApiKey key) {
        return key.previous().map(ApiKey.Previous::expiresAt).filter(now::isBefore);
    }

    private Quota.Usage usage(ApiKey key) {
        return key.usage().in(Quota.Period.at(now, zone()));
    }

    private ZoneId zone() {
        return settings.limiting().zone();
    }

    private static String used(long count, long limit) {
        return limit == Quota.UNLIMITED ? String.valueOf(count) : count + " of " + limit;
    }

    private static String endpointRates(ApiKey key) {
        Map<String, Rate> rates = new TreeMap<>(key.endpointRates());
        return rates.isEmpty()
                ? "the configured ones"
                : rates.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(", "));
    }

    private static Long limit(long limit) {
        return limit == Quota.UNLIMITED ? null : limit;
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keys as they are printed for people: the documents of the admin API.
 *
 * @param zone           on whose clock times are told
 * @param configuredRate the rate of keys without one of their own
 */
record KeyView(ZoneId zone, String configuredRate) {
    /** Prints keys as a table. */
    void table(List<JsonObject> keys, PrintWriter out) {
        Table table = Table.of(
                ">ID", "NAME", "STATUS", "KEY", "PERMISSIONS", ">TODAY", ">THIS MONTH", "EXPIRES", "LAST USED");
        for (JsonObject key : keys) {
            table.row(
                    key.getLong("id"), key.getString("name"), key.getString("status"), key.getString("hint"),
                    permissions(key), used(key, "usedToday", "dailyLimit"), used(key, "usedThisMonth", "monthlyLimit"),
                    moment(key, "expiresAt"), moment(key, "lastUsed"));
        }
        table.print(out);
    }

    /** Prints all of one key. */
    void fields(JsonObject key, PrintWriter out) {
        Fields fields = new Fields()
                .put("id", key.getLong("id"))
                .put("name", key.getString("name"))
                .put("status", key.getString("status"))
                .put("key", key.getString("hint"))
                .put("permissions", permissions(key))
                .put("today", used(key, "usedToday", "dailyLimit"))
                .put("this month", used(key, "usedThisMonth", "monthlyLimit"))
                .put("rate", key.getString("rate") == null ? configuredRate : key.getString("rate"))
                .put("endpoint rates", endpointRates(key.getJsonObject("endpointRates")))
                .put("created", moment(key, "createdAt"))
                .put("expires", moment(key, "expiresAt"))
                .put("last used", moment(key, "lastUsed"));
        if (key.getString("formerValueUntil") != null) {
            fields.put("former value", "accepted until " + moment(key, "formerValueUntil"));
        }
        fields.print(out);
    }

    private static String permissions(JsonObject key) {
        JsonArray permissions = key.getJsonArray("permissions");
        return permissions.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private String moment(JsonObject key, String member) {
        String text = key.getString(member);
        return Text.moment(text == null ? null : Instant.parse(text), zone);
    }

    private static String used(JsonObject key, String count, String limit) {
        return key.getLong(limit) == null ? String.valueOf(key.getLong(count)) : key.getLong(count) + " of " + key.getLong(limit);
    }

    private static String endpointRates(JsonObject rates) {
        return rates.isEmpty() ? "the configured ones" : rates.stream()
                .map(rate -> rate.getKey() + "=" + rate.getValue()).sorted().collect(Collectors.joining(", "));
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * What a body asks a key to be: the contract's {@code NewKey} and {@code KeyChange}. Pure. What the contract cannot say
 * of a value is checked here.
 *
 * @param catalog the endpoints that there are
 * @param zone    whose days are meant
 */
public record KeyRequest(Catalog catalog, ZoneId zone) {
    /** What {@link #isName} lets through. */
    public static final String NAME = "1 to 100 characters, none of them a control character";
    /** What {@link #isValue} lets through. */
    public static final String VALUE = "8 to 256 visible ASCII characters, without blanks";

    private static final int LONGEST_NAME = 100;
    private static final Pattern VALUES = Pattern.compile("[\\x21-\\x7e]{8,256}");

    /** Whether a key may be named so; blanks around it do not count. */
    public static boolean isName(String text) {
        String name = text.strip();
        int length = name.codePointCount(0, name.length());
        return length >= 1 && length <= LONGEST_NAME && name.codePoints().noneMatch(Character::isISOControl);
    }

    /** Whether a key may have this value. */
    public static boolean isValue(String text) {
        return VALUES.matcher(text).matches();
    }

    /**
     * The key as it is to be. What the body leaves out is as before; null takes it away.
     *
     * @param base the key before, or what a new one is without the body
     * @throws RefusedCall when a member has a value that is not allowed
     */
    KeySpec over(KeySpec base, JsonObject body, Instant now) {
        return new KeySpec(
                body.containsKey("name") ? name(body.getString("name")) : base.name(),
                body.containsKey("permissions") ? permissions(body.getJsonArray("permissions")) : base.permissions(),
                body.containsKey("dailyLimit") ? limit(body.getLong("dailyLimit")) : base.dailyLimit(),
                body.containsKey("monthlyLimit") ? limit(body.getLong("monthlyLimit")) : base.monthlyLimit(),
                body.containsKey("rate") ? rate("rate", body.getString("rate")) : base.rate(),
                body.containsKey("endpointRates")
                        ? rates(base.endpointRates(), body.getJsonObject("endpointRates")) : base.endpointRates(),
                body.containsKey("expiresAt") ? expiry(body.getString("expiresAt"), now) : base.expiresAt());
    }

    /** The value that a body gives; empty where it gives none. It is not repeated where it is refused. */
    static Optional<String> value(JsonObject body) {
        String value = body.getString("value");
        if (value != null && !isValue(value)) {
            throw RefusedCall.malformed("'value' is not allowed; allowed: " + VALUE + ".");
        }
        return Optional.ofNullable(value);
    }

    private static String name(String text) {
        if (!isName(text)) {
            throw RefusedCall.invalid("name", text, NAME);
        }
        return text.strip();
    }

    private static Set<Permission> permissions(JsonArray names) {
        try {
            return Permission.parse(names.stream().map(String.class::cast).collect(Collectors.joining(",")));
        } catch (IllegalArgumentException unknown) {
            throw RefusedCall.invalid("permissions", names, Permission.ALLOWED);
        }
    }

    private static long limit(Long requests) {
        return requests == null ? Quota.UNLIMITED : requests;
    }

    private static Optional<Rate> rate(String name, String text) {
        try {
            return Optional.ofNullable(text).map(Rate::parse);
        } catch (IllegalArgumentException wrong) {
            throw RefusedCall.invalid(name, text, Rate.ALLOWED + ", or null for the configured one");
        }
    }

    private Map<String, Rate> rates(Map<String, Rate> before, JsonObject changes) {
        Map<String, Rate> rates = new TreeMap<>(before);
        for (String endpoint : changes.fieldNames()) {
            if (!rates.containsKey(endpoint)) {
                requireEndpoint("endpointRates", endpoint, catalog);
            }
            rate("endpointRates." + endpoint, changes.getString(endpoint))
                    .ifPresentOrElse(rate -> rates.put(endpoint, rate), () -> rates.remove(endpoint));
        }
        return rates;
    }

    /**
     * Lets names of the catalog's endpoints through.
     *
     * @throws RefusedCall for any other
     */
    static void requireEndpoint(String member, String name, Catalog catalog) {
        if (catalog.endpoint(name).isEmpty()) {
            throw RefusedCall.invalid(member, name,
                    catalog.endpoints().stream().map(Endpoint::name).collect(Collectors.joining(", ")));
        }
    }

    private Instant expiry(String text, Instant now) {
        if (text == null) {
            return null;
        }
        Instant moment;
        try {
            moment = Expiry.parse(text).at(now, zone);
        } catch (IllegalArgumentException wrong) {
            throw RefusedCall.invalid("expiresAt", text, Expiry.ALLOWED);
        }
        if (moment != null && !moment.isAfter(now)) {
            throw RefusedCall.invalid("expiresAt", text, "a time to come, or never");
        }
        return moment;
    }
}

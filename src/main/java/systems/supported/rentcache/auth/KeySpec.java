package systems.supported.rentcache.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * What a key is to be: all that an operator chooses.
 *
 * @param name          its name, 1 to 100 characters
 * @param permissions   what it may do
 * @param dailyLimit    requests a calendar day, or {@link Quota#UNLIMITED}
 * @param monthlyLimit  requests a calendar month, or {@link Quota#UNLIMITED}
 * @param rate          its own global rate, or empty for the configured one
 * @param endpointRates its own rates of endpoints
 * @param expiresAt     when it stops being accepted, or null for never
 */
public record KeySpec(
        String name,
        Set<Permission> permissions,
        long dailyLimit,
        long monthlyLimit,
        Optional<Rate> rate,
        Map<String, Rate> endpointRates,
        Instant expiresAt) {

    /** A key that may read, with the configured limits and no quota, for ever. */
    public static KeySpec named(String name) {
        return new KeySpec(
                name, Set.of(Permission.READ), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(), Map.of(), null);
    }

    /** What a key is now. */
    public static KeySpec of(ApiKey key) {
        return new KeySpec(
                key.name(), key.permissions(), key.dailyLimit(), key.monthlyLimit(), key.rate(), key.endpointRates(),
                key.expiresAt());
    }
}

package systems.supported.rentcache.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * A consumer's key, without its value.
 *
 * @param id            its number, at least 1; 0 for keys that live in memory only
 * @param name          its name, unique among the active keys
 * @param hash          the digest of its value
 * @param hint          the first characters of its value
 * @param previous      the value before the last rotation, while that is still accepted
 * @param active        false once revoked
 * @param permissions   what it may do
 * @param dailyLimit    requests a calendar day, or {@link Quota#UNLIMITED}
 * @param monthlyLimit  requests a calendar month, or {@link Quota#UNLIMITED}
 * @param rate          its own global rate, or empty for the configured one
 * @param endpointRates its own rates of endpoints, by the catalog's names; the others have the configured ones
 * @param usage         what was used of its quotas, as the store knows it
 * @param createdAt     when it was made
 * @param expiresAt     when it stops being accepted, or null for never
 * @param lastUsed      when it was last used, to the second or so, with many keys to the minute, or null for never
 */
public record ApiKey(
        long id,
        String name,
        KeyHash hash,
        String hint,
        Optional<Previous> previous,
        boolean active,
        Set<Permission> permissions,
        long dailyLimit,
        long monthlyLimit,
        Optional<Rate> rate,
        Map<String, Rate> endpointRates,
        Quota.Usage usage,
        Instant createdAt,
        Instant expiresAt,
        Instant lastUsed) {

    /**
     * The value before a rotation.
     *
     * @param hash      its digest
     * @param expiresAt when it stops being accepted
     */
    public record Previous(KeyHash hash, Instant expiresAt) {
    }

    /** Whether the key is accepted at a time, by its present value or by the one before. */
    public boolean isAccepted(KeyHash presented, Instant now) {
        if (!active || expiresAt != null && !now.isBefore(expiresAt)) {
            return false;
        }
        return hash.equals(presented)
                || previous.filter(old -> old.hash.equals(presented) && now.isBefore(old.expiresAt)).isPresent();
    }

    /** Whether the key may do something. */
    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }
}

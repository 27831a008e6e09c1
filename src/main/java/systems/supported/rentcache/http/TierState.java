package systems.supported.rentcache.http;

import java.time.Instant;
import java.util.Optional;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Tiers;

/**
 * What one tier has of a question.
 *
 * @param tier          the tier's name, as in {@code Cache-Status}
 * @param answer        what it has; null where it has nothing, or cannot say
 * @param hits          how often the answer was asked for; null where the tier does not count
 * @param lastHit       when it was last asked for, as far as that is counted; or null
 * @param invalidatedAt since when it is invalid; null where it is valid
 * @param refreshDue    whether the tier's entry, where it is given stale, would be fetched anew
 * @param away          why the tier cannot say what it has; null where it can
 */
record TierState(
        String tier, StoredAnswer answer, Long hits, Instant lastHit, Instant invalidatedAt, boolean refreshDue,
        String away) {

    static TierState of(String tier, StoredAnswer answer, boolean refreshDue) {
        return new TierState(tier, answer, null, null, null, refreshDue, null);
    }

    /** What the database has; null for nothing. */
    static TierState ofSql(String tier, SqlTier.Kept kept, boolean refreshDue) {
        return kept == null ? of(tier, null, false) : new TierState(
                tier, kept.answer(), kept.hits(), kept.lastAccessed(), kept.invalidatedAt(), refreshDue, null);
    }

    static TierState away(String tier, Throwable why) {
        return new TierState(tier, null, null, null, null, false, String.valueOf(why.getMessage()));
    }

    boolean isAway() {
        return away != null;
    }

    /** The tier's valid answer, as a look-up finds it. */
    Optional<Tiers.Found> found() {
        return answer == null || invalidatedAt != null ? Optional.empty() : Optional.of(new Tiers.Found(answer, tier));
    }
}

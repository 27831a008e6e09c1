package systems.supported.rentcache.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * Which answers are invalid, however many there are: for a scope (all, an endpoint, tags, one key) the moment before
 * which what was fetched is invalid. Marking is O(1), and a later marker of a scope takes the place of an earlier one.
 *
 * <p>Bounded: markers older than any kept answer are dropped, and when there are too many keys, one marker for all
 * takes their place. It covers more, which costs a look-up, never a wrong answer. Thread-safe; asks no clock.
 */
final class InvalidationMarkers {
    private static final int MOST = 10_000;
    /** Each is looked at for each answer, and one takes a few microseconds. */
    private static final int MOST_BY_TAGS = 100;
    private static final String ALL = "all";
    private static final String ENDPOINT = "endpoint:";
    private static final String KEY = "key:";
    private static final String TAGS = "tags:";

    private final Map<String, Long> moments = new ConcurrentHashMap<>();
    /** Those of the moments that are by tags. */
    private final Map<String, Invalidation.OfTags> byTags = new ConcurrentHashMap<>();
    private final Duration keptFor;

    /**
     * A marker.
     *
     * @param scope  what it is of: {@code all}, {@code endpoint:NAME}, {@code key:HEX}, or an invalidation's by tags
     * @param before milliseconds since 1970-01-01T00:00Z; what was fetched earlier is invalid
     */
    record Marker(String scope, long before) {
        /** The marker of an invalidation of what was fetched until a moment. */
        static Marker of(Invalidation what, Instant at) {
            // Kept answers' times are whole milliseconds: until one is before the next.
            long until = at.toEpochMilli() + 1;
            if (what instanceof Invalidation.FetchedBefore earlier) {
                long before = Math.min(until, earlier.moment().plusNanos(999_999).toEpochMilli());
                return new Marker(earlier.endpoint() == null ? ALL : ENDPOINT + earlier.endpoint(), before);
            }
            return new Marker(what.scope(), until);
        }

        /** Of the answers under a key, those that were fetched before one. */
        static Marker replacedBy(Entry entry) {
            return new Marker(KEY + entry.key().hex(), entry.fetchedAt().toEpochMilli());
        }

        /** The key that it is of; null when it is of more. */
        CacheKey key() {
            return scope.startsWith(KEY) ? CacheKey.parse(scope.substring(KEY.length())) : null;
        }
    }

    /**
     * No markers.
     *
     * @param keptFor how long after it was fetched an answer may be kept
     */
    InvalidationMarkers(Duration keptFor) {
        this.keptFor = keptFor;
    }

    /** Adds a marker. */
    void add(Marker marker) {
        moments.merge(marker.scope, marker.before, Math::max);
        if (marker.scope.startsWith(TAGS)) {
            addTags(marker);
        }
        if (moments.size() > MOST) {
            moments.values().removeIf(before -> before < marker.before - keptFor.toMillis());
            byTags.keySet().retainAll(moments.keySet());
            if (moments.size() > MOST) {
                moments.keySet().stream().filter(scope -> scope.startsWith(KEY)).toList().forEach(scope ->
                        moments.merge(ALL, moments.remove(scope), Math::max));
            }
        }
    }

    private void addTags(Marker marker) {
        if (Invalidation.isScope(marker.scope)
                && Invalidation.parse(marker.scope) instanceof Invalidation.OfTags tags) {
            byTags.put(marker.scope, tags);
        } else {
            // Of a newer version: what it covers is unknown.
            moments.merge(ALL, marker.before, Math::max);
        }
        if (byTags.size() > MOST_BY_TAGS) {
            byTags.forEach((scope, tags) -> {
                Long before = moments.remove(scope);
                if (before != null) {
                    moments.merge(tags.endpoint() == null ? ALL : ENDPOINT + tags.endpoint(), before, Math::max);
                }
            });
            byTags.clear();
        }
    }

    /** Takes a marker away, if no later one has taken its place. */
    void remove(Marker marker) {
        if (moments.remove(marker.scope, marker.before)) {
            byTags.remove(marker.scope);
        }
    }

    /** Takes the marker of a key away where an answer has taken the place of what it is about. */
    void removeReplaced(Entry by) {
        moments.computeIfPresent(
                KEY + by.key().hex(), (scope, before) -> before <= by.fetchedAt().toEpochMilli() ? null : before);
    }

    /** All markers there are now. */
    Iterable<Marker> all() {
        return moments.entrySet().stream().map(one -> new Marker(one.getKey(), one.getValue())).toList();
    }

    boolean isEmpty() {
        return moments.isEmpty();
    }

    /** Whether an answer is invalid. */
    boolean covers(Entry entry) {
        if (moments.isEmpty()) {
            return false;
        }
        long fetchedAt = entry.fetchedAt().toEpochMilli();
        return isBefore(fetchedAt, ALL)
                || isBefore(fetchedAt, ENDPOINT + entry.endpoint())
                || isBefore(fetchedAt, KEY + entry.key().hex())
                || isBeforeTags(fetchedAt, entry);
    }

    private boolean isBeforeTags(long fetchedAt, Entry entry) {
        for (Map.Entry<String, Invalidation.OfTags> marker : byTags.entrySet()) {
            if (isBefore(fetchedAt, marker.getKey()) && marker.getValue().covers(entry)) {
                return true;
            }
        }
        return false;
    }

    private boolean isBefore(long fetchedAt, String scope) {
        Long before = moments.get(scope);
        return before != null && fetchedAt < before;
    }
}

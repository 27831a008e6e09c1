package systems.supported.rentcache.analytics;

import java.util.Set;

/**
 * What a report of usage is to tell.
 *
 * @param from     from when, in milliseconds since 1970-01-01T00:00Z
 * @param to       up to when, not included
 * @param by       for each of which span; null for the time as a whole
 * @param groups   what a line is of, beside the span
 * @param endpoint only of this endpoint; null for all
 * @param keyId    only of this key; null for all
 * @param limit    the most lines
 * @param offset   how many lines are left out first
 */
public record UsageQuery(
        long from, long to, Span by, Set<Group> groups, String endpoint, Long keyId, int limit, int offset) {

    /** What lines can be of. */
    public enum Group {
        /** A key. */
        KEY("api_key_id"),
        /** An endpoint. */
        ENDPOINT("endpoint"),
        /** A cache result. */
        RESULT("cache_result");

        private final String column;

        Group(String column) {
            this.column = column;
        }

        String column() {
            return column;
        }
    }
}

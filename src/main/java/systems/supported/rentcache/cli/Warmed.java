package systems.supported.rentcache.cli;

import java.util.Map;
import java.util.TreeMap;

/**
 * What came of warming.
 *
 * @param answered how many questions have a fresh answer now
 * @param paid     how many calls were paid for
 * @param failures what was said of questions that got no answer, and of how many
 * @param left     how many questions were not asked, or in vain as the last ones
 * @param stopped  why they were not; null where all were
 */
record Warmed(int answered, int paid, Map<String, Integer> failures, int left, String stopped) {
    /** Whether all questions have an answer. */
    boolean isComplete() {
        return failures.isEmpty() && left == 0;
    }

    /** Sums what comes of single questions. Confined to one thread. */
    static final class Tally {
        private final Map<String, Integer> failures = new TreeMap<>();
        private int answered;
        private int paid;
        private int left;
        private String stopped;

        void answered(boolean cost) {
            answered++;
            paid += cost ? 1 : 0;
        }

        void failed(String why) {
            failures.merge(why, 1, Integer::sum);
        }

        /** One was not asked; {@code why} is null where that is known of another. */
        void left(String why) {
            left++;
            stopped = stopped == null ? why : stopped;
        }

        Warmed total() {
            return new Warmed(answered, paid, failures, left, stopped);
        }
    }
}

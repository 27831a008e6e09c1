package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** What the cache saved. Thread-safe. */
public interface SavedMoney {
    /** What was saved since a time, of all nodes on one database. */
    Future<Saved> since(Instant from);

    /**
     * What was saved in a span of time.
     *
     * @param questions     how many questions were answered
     * @param free          those of them that were answered without a call of their own
     * @param withoutMicros what all of them would have cost, in micro-dollars
     * @param paidMicros    what was paid
     * @param savedMicros   the difference
     */
    record Saved(long questions, long free, long withoutMicros, long paidMicros, long savedMicros) {
        /** As the admin API has it. */
        public JsonObject toJson() {
            return new JsonObject()
                    .put("questions", questions)
                    .put("free", free)
                    .put("withoutMicros", withoutMicros)
                    .put("paidMicros", paidMicros)
                    .put("savedMicros", savedMicros);
        }
    }
}

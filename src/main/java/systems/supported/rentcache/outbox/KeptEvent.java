package systems.supported.rentcache.outbox;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import systems.supported.rentcache.events.Event;

/**
 * An event that was kept, or one that says where what is kept begins.
 *
 * @param cursor up to where a reader who has it has read everything
 * @param name   its name, such as {@code cache.miss}
 * @param json   the event, with its cursor, on one line
 */
public record KeptEvent(String cursor, String name, String json) {
    /** The name of what says that events are missing before it. */
    public static final String RESET = "reset";

    /** An event of the database's; its text is an object with members. */
    static KeptEvent of(Cursor cursor, String name, String text) {
        return new KeptEvent(cursor.toString(), name, "{\"cursor\":\"" + cursor + "\"," + text.substring(1));
    }

    /**
     * Says that the reader's cursor is of no use.
     *
     * @param oldest from where on events are kept
     * @param reason why
     */
    static KeptEvent reset(Cursor oldest, Reason reason, String node, Instant now) {
        JsonObject json = new JsonObject()
                .put("cursor", oldest.toString())
                .put("v", Event.VERSION)
                .put("node", node)
                .put("at", now.toString())
                .put("reason", reason.text);
        return new KeptEvent(oldest.toString(), RESET, json.encode());
    }

    /** Whether events are missing before it. */
    public boolean isReset() {
        return name.equals(RESET);
    }

    /** Why a cursor is of no use. */
    enum Reason {
        /** What followed it is partly deleted. */
        TOO_OLD("too-old"),
        /** It is no cursor of this database's. */
        UNKNOWN("unknown");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }
}

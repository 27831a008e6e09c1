package systems.supported.rentcache.outbox;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the outbox.
 *
 * @param epoch   names the database
 * @param trimmed up to where events were deleted
 * @param last    the last place that was given
 * @param events  what was found
 * @param passed  up to where was looked
 */
record Slice(String epoch, long trimmed, long last, List<KeptEvent> events, long passed) {
    static Slice of(RowSet<Row> rows, int limit) {
        Row first = rows.iterator().next();
        String epoch = first.getString("epoch");
        long last = first.getLong("last");
        List<KeptEvent> events = new ArrayList<>();
        long found = 0;
        for (Row row : rows) {
            if (row.getLong("place") != null) {
                found = row.getLong("place");
                events.add(KeptEvent.of(new Cursor(epoch, found), row.getString("name"), row.getString("event")));
            }
        }
        long passed = events.size() == limit ? found
                : Math.min(last, first.getLong("begins") + Outbox.MOST_PASSED);
        return new Slice(epoch, first.getLong("trimmed"), last, events, passed);
    }

    /** The cursor of a place. */
    Cursor cursor(long place) {
        return new Cursor(epoch, place);
    }

    /** Whether there is more after it. */
    boolean hasMore() {
        return passed < last;
    }
}

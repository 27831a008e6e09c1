package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import systems.supported.rentcache.outbox.EventPage;
import systems.supported.rentcache.outbox.OutboxReader;

/** Pages of the events that are kept. Thread-safe. */
public final class KeptEvents {
    private final OutboxReader reader;

    /** Pages that a reader reads. */
    public KeptEvents(OutboxReader reader) {
        this.reader = reader;
    }

    /** The operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("events", call -> RefusedCall.orFailed(() -> page(call)));
    }

    private Future<Document> page(Call call) {
        requireKept(reader);
        String after = call.text("after") == null ? OutboxReader.OLDEST : call.text("after");
        return reader.read(after, names(call.text("types")), call.limit())
                .map(KeptEvents::document)
                .recover(failure -> Future.failedFuture(RefusedCall.unavailable(
                        "The database cannot be read at the moment: " + failure.getMessage())));
    }

    private static Document document(EventPage page) {
        JsonArray items = new JsonArray();
        page.events().forEach(event -> items.add(
                new JsonObject().put("name", event.name()).put("event", new JsonObject(event.json()))));
        return Document.of(new JsonObject().put("items", items).put("next", page.next()).put("more", page.more()));
    }

    /** Refuses a call where no events are kept. */
    public static void requireKept(OutboxReader reader) {
        if (!reader.isOn()) {
            throw RefusedCall.notFound("No events are kept: EVENTS_RETENTION is 0. /admin/v1/live tells those of now.");
        }
    }

    /**
     * The names of events that are asked for; none where all are.
     *
     * @param types the names, with commas; null for all
     */
    public static Set<String> names(String types) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : types == null ? new String[0] : types.split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        if (!OutboxReader.NAMES.containsAll(names)) {
            throw RefusedCall.invalid("types", types, String.join(", ", OutboxReader.NAMES) + "; with commas");
        }
        return names;
    }
}

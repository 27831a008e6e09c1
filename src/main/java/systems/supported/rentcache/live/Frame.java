package systems.supported.rentcache.live;

/**
 * A server-sent event.
 *
 * @param id   up to where who has it has heard everything, for {@code Last-Event-ID}
 * @param name the event's name
 * @param data one line of JSON
 */
public record Frame(String id, String name, String data) {
    /** Whether a later one of the same name says all that this one says. */
    public boolean isSuperseded() {
        return name.equals(LiveFeed.NOW);
    }

    /** As it is sent. */
    public String text() {
        return "id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n";
    }
}

package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import systems.supported.rentcache.events.Event;

/**
 * What happens, as a feed that a lost connection can go on with: the last thousand events are kept. An id names the feed
 * and the place in it, so that an id of another node, or of the time before a restart, is known for what it is. Thread-safe.
 */
public final class LiveFeed {
    /** The name of the figures of the moment. */
    public static final String NOW = "now";
    /** The name of what says that events are missing. */
    public static final String GAP = "gap";
    /** All names that can be asked for, in the order in which they are told. */
    public static final Set<String> NAMES = Stream.concat(Stream.of(NOW), Event.ADDRESSES.stream().map(Event::name))
            .collect(Collectors.toCollection(LinkedHashSet::new));

    static final int MOST_KEPT = 1_000;

    private final String feed;
    private final NowFigures figures;
    private final int mostListeners;
    private final Deque<Frame> kept = new ArrayDeque<>();
    private final Map<Object, Listener> listeners = new HashMap<>();
    private long last;

    private record Listener(Set<String> names, Consumer<Frame> hears) {
    }

    /**
     * A listener that was let in.
     *
     * @param missed what it has to hear first
     * @param close  ends it; may be called twice
     */
    public record Opened(List<Frame> missed, Runnable close) {
    }

    /**
     * A feed in which nothing happened.
     *
     * @param feed          names it among those of all nodes and all times; letters and digits
     * @param figures       the figures that go with it
     * @param mostListeners how many may listen at a time
     */
    public LiveFeed(String feed, NowFigures figures, int mostListeners) {
        this.feed = feed;
        this.figures = figures;
        this.mostListeners = mostListeners;
    }

    /**
     * Lets a listener in.
     *
     * @param lastId the id of the last frame it has heard, or null
     * @param names  what it wants to hear
     * @param hears  is told, on any thread and one after another, and must not wait
     * @return null where there are too many already
     */
    public synchronized Opened open(String lastId, Set<String> names, Consumer<Frame> hears) {
        if (listeners.size() >= mostListeners) {
            return null;
        }
        Object key = new Object();
        listeners.put(key, new Listener(names, hears));
        return new Opened(missed(lastId, names), () -> leave(key));
    }

    private synchronized void leave(Object key) {
        listeners.remove(key);
    }

    private List<Frame> missed(String lastId, Set<String> names) {
        List<Frame> missed = new ArrayList<>();
        if (lastId == null) {
            return missed;
        }
        long heard = place(lastId);
        if (heard < 0) {
            missed.add(gap(null));
            return missed;
        }
        long first = last - kept.size() + 1;
        if (heard + 1 < first) {
            missed.add(gap(first - heard - 1));
        }
        long place = first;
        for (Frame frame : kept) {
            if (place++ > heard && names.contains(frame.name())) {
                missed.add(frame);
            }
        }
        return missed;
    }

    /** The place in this feed that an id names; -1 where it names none. */
    private long place(String id) {
        int dash = id.lastIndexOf('-');
        if (dash < 0 || !id.substring(0, dash).equals(feed)) {
            return -1;
        }
        try {
            long place = Long.parseLong(id.substring(dash + 1));
            return place <= last ? place : -1;
        } catch (NumberFormatException notOurs) {
            return -1;
        }
    }

    /** Says that events are missing: how many, or null where that is not known. */
    private Frame gap(Long missed) {
        return new Frame(id(), GAP, new JsonObject().put("v", Event.VERSION).put("missed", missed).encode());
    }

    private String id() {
        return feed + "-" + last;
    }

    /** Tells an event, and keeps it. */
    synchronized void tell(String name, JsonObject event) {
        last++;
        Frame frame = new Frame(id(), name, event.encode());
        kept.add(frame);
        if (kept.size() > MOST_KEPT) {
            kept.remove();
        }
        tell(frame);
    }

    /** Tells the figures of the moment, if anybody wants to hear them. */
    void tellNow() {
        if (isWanted(NOW)) {
            now().onSuccess(this::tell);
        }
    }

    /** The figures of this moment as they are told. */
    public Future<Frame> now() {
        return figures.now().map(this::nowFrame);
    }

    private synchronized Frame nowFrame(JsonObject now) {
        return new Frame(id(), NOW, now.encode());
    }

    private synchronized void tell(Frame frame) {
        listeners.values().forEach(listener -> {
            if (listener.names.contains(frame.name())) {
                listener.hears.accept(frame);
            }
        });
    }

    private synchronized boolean isWanted(String name) {
        return listeners.values().stream().anyMatch(listener -> listener.names.contains(name));
    }

    /** How many listen. */
    public synchronized int listeners() {
        return listeners.size();
    }
}

package systems.supported.rentcache.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.config.Role;

/**
 * The nodes of the cluster, as this one heard of them. A node that is silent for some seconds is asked only where no
 * other is left, and forgotten later. Times are nanoseconds of a clock that does not step. Thread-safe.
 */
public final class LiveNodes {
    /** How often a node says that it is there. */
    static final Duration BEAT = Duration.ofSeconds(1);
    /** A node that was silent for so long may be gone. */
    static final Duration DOUBTED_AFTER = Duration.ofMillis(3_500);
    /** A node that was silent for so long is gone. */
    static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(15);

    private final Map<String, Heard> others = new ConcurrentHashMap<>();
    private volatile Presence self;

    private record Heard(Presence node, long at) {
        boolean isWithin(Duration time, long now) {
            return now - at <= time.toNanos();
        }
    }

    /** A node that has heard of no other. */
    public LiveNodes(Presence self) {
        this.self = self;
    }

    Presence self() {
        return self;
    }

    void say(Presence.State state) {
        self = self.in(state);
    }

    /**
     * Hears what a node says of itself.
     *
     * @return whether it is new here
     */
    boolean hear(Presence node, long now) {
        return !node.id().equals(self.id()) && others.put(node.id(), new Heard(node, now)) == null;
    }

    /**
     * A node is gone.
     *
     * @return what it said last; empty where it was not there
     */
    Optional<Presence> leave(String id) {
        return Optional.ofNullable(others.remove(id)).map(Heard::node);
    }

    /** The ids of those whose id on the event bus it is; at most one. */
    List<String> ofBus(String busId) {
        return others.values().stream().map(Heard::node).filter(node -> node.busId().equals(busId))
                .map(Presence::id).toList();
    }

    /** The ids of those that were silent for too long. */
    List<String> silent(long now) {
        return others.values().stream().filter(heard -> !heard.isWithin(FORGOTTEN_AFTER, now))
                .map(heard -> heard.node().id()).toList();
    }

    /** The ids of those that were silent for so long that they may be gone. */
    List<String> doubted(long now) {
        return others.values().stream().filter(heard -> !heard.isWithin(DOUBTED_AFTER, now))
                .map(heard -> heard.node().id()).toList();
    }

    /** The nodes that are there, this one among them, by name. */
    public List<Presence> members(long now) {
        List<Presence> members = new ArrayList<>(List.of(self));
        others.values().stream().filter(heard -> heard.isWithin(DOUBTED_AFTER, now)).map(Heard::node)
                .forEach(members::add);
        members.sort(Comparator.comparing(Presence::name).thenComparing(Presence::id));
        return List.copyOf(members);
    }

    /** What no node does that is there and can be asked. */
    public Set<Role> missing(long now) {
        Set<Role> missing = EnumSet.allOf(Role.class);
        members(now).stream().filter(node -> node.state() != Presence.State.LEAVING)
                .forEach(node -> missing.removeAll(node.roles()));
        return missing;
    }

    /**
     * Whom to ask for a key, in the order in which to try: those that are there as the key prefers them, then those of
     * which it is in doubt whether they are, or want to be asked.
     */
    List<Presence> candidates(Role role, CacheKey key, long now) {
        List<Presence> sure = new ArrayList<>();
        List<Presence> doubted = new ArrayList<>();
        if (self.roles().contains(role)) {
            sure.add(self);
        }
        others.values().stream()
                .filter(heard -> heard.node().roles().contains(role))
                .filter(heard -> heard.node().wire().agreedWith(self.wire()).isPresent())
                .sorted(Comparator.comparing((Heard heard) -> heard.node().id()))
                .forEach(heard -> (heard.node().state() == Presence.State.SERVING
                        && heard.isWithin(DOUBTED_AFTER, now) ? sure : doubted).add(heard.node()));
        List<Presence> order = new ArrayList<>(Rendezvous.order(key, sure, Presence::name));
        order.addAll(Rendezvous.order(key, doubted, Presence::name));
        return order;
    }
}

package systems.supported.rentcache.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import systems.supported.rentcache.cache.WireVersions;
import systems.supported.rentcache.config.Role;

/**
 * What a node says of itself to the others each second.
 *
 * @param id      its own, new at each start
 * @param busId   its id on the event bus
 * @param name    what it is called
 * @param version the program's version
 * @param roles   what it does
 * @param wire    the versions of messages that it reads and writes
 * @param state   whether it can be asked
 */
public record Presence(
        String id, String busId, String name, String version, Set<Role> roles, WireVersions wire, State state) {

    /** Whether a node can be asked. */
    public enum State {
        /** Not yet. */
        STARTING,
        /** It can. */
        SERVING,
        /** No more; it finishes what it was asked. */
        LEAVING
    }

    Presence in(State other) {
        return new Presence(id, busId, name, version, roles, wire, other);
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("v", 1)
                .put("id", id)
                .put("busId", busId)
                .put("name", name)
                .put("version", version)
                .put("roles", new JsonArray(Role.words(roles)))
                .put("wire", new JsonArray().add(wire.oldest()).add(wire.newest()))
                .put("state", state.name());
    }

    /** Reads what a node said; empty where it cannot be read. A role that only a newer version knows is left out. */
    static Optional<Presence> read(JsonObject json) {
        try {
            Set<Role> roles = EnumSet.noneOf(Role.class);
            for (Role role : Role.values()) {
                if (json.getJsonArray("roles").contains(role.word())) {
                    roles.add(role);
                }
            }
            JsonArray wire = json.getJsonArray("wire");
            String id = json.getString("id");
            return id == null ? Optional.empty() : Optional.of(new Presence(
                    id, json.getString("busId", ""), json.getString("name", id), json.getString("version", ""),
                    Set.copyOf(roles), new WireVersions(wire.getInteger(0), wire.getInteger(1)),
                    State.valueOf(json.getString("state"))));
        } catch (ClassCastException | IllegalArgumentException | NullPointerException | IndexOutOfBoundsException wrong) {
            return Optional.empty();
        }
    }
}

package systems.supported.rentcache.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.WireVersions;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.cluster.Presence.State;
import systems.supported.rentcache.config.Role;

/** Whom a node asks, by what it heard of the others. */
class LiveNodesTest {
    private static final CacheKey KEY = CacheKey.of("question");

    private final LiveNodes nodes = new LiveNodes(node("front", Set.of(Role.HTTP)));

    private static Presence node(String id, Set<Role> roles) {
        return new Presence(id, "bus-" + id, id, "1.0", roles, WireVersions.OWN, State.SERVING);
    }

    private static long at(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private List<String> lookups(long millis) {
        return nodes.candidates(Role.LOOKUP, KEY, at(millis)).stream().map(Presence::id).toList();
    }

    @Test
    void aNodeIsAskedForItsRolesOnly() {
        nodes.hear(node("finder", Set.of(Role.LOOKUP)), 0);
        nodes.hear(node("caller", Set.of(Role.UPSTREAM)), 0);

        assertThat(lookups(0)).containsExactly("finder");
        assertThat(nodes.missing(0)).containsExactlyInAnyOrder(Role.REFRESH, Role.ANALYTICS);
    }

    @Test
    void aSilentNodeIsTheLastResortThenMissedThenGone() {
        nodes.hear(node("finder", Role.ALL), 0);
        nodes.hear(node("other", Role.ALL), at(3_000));

        assertThat(lookups(4_000)).containsExactly("other", "finder");
        assertThat(nodes.members(at(4_000))).extracting(Presence::id).containsExactly("front", "other");
        assertThat(nodes.doubted(at(4_000))).containsExactly("finder");
        assertThat(nodes.missing(at(7_000))).isEqualTo(EnumSet.complementOf(EnumSet.of(Role.HTTP)));
        assertThat(nodes.silent(at(14_999))).isEmpty();
        assertThat(nodes.silent(at(15_001))).containsExactly("finder");
        assertThat(nodes.leave("finder")).isPresent();
        assertThat(nodes.leave("finder")).isEmpty();
    }

    @Test
    void oneThatLeavesIsAskedLastAndIsNotCountedOn() {
        nodes.hear(node("finder", Role.ALL).in(State.LEAVING), 0);
        nodes.hear(node("other", Set.of(Role.LOOKUP)), 0);

        assertThat(lookups(0)).containsExactly("other", "finder");
        assertThat(nodes.missing(0)).contains(Role.UPSTREAM).doesNotContain(Role.LOOKUP);
    }

    @Test
    void oneOfOtherMessagesIsNotAsked() {
        nodes.hear(new Presence(
                "new", "bus", "new", "9.0", Role.ALL, new WireVersions(7, 8), State.SERVING), 0);

        assertThat(lookups(0)).isEmpty();
        assertThat(nodes.members(0)).hasSize(2);
    }

    @Test
    void oneIsNewOnceAndNobodyHearsItself() {
        assertThat(nodes.hear(node("finder", Role.ALL), 0)).isTrue();
        assertThat(nodes.hear(node("finder", Role.ALL), 1)).isFalse();
        assertThat(nodes.hear(node("front", Role.ALL), 1)).isFalse();
        assertThat(nodes.ofBus("bus-finder")).containsExactly("finder");
    }

    @Test
    void whatANodeSaysIsReadAlsoFromANewerOneAndNoiseIsNot() {
        Presence said = node("finder", Set.of(Role.LOOKUP));
        JsonObject newer = said.toJson().put("mood", "good");
        newer.put("roles", new JsonArray().add("teleport").add("lookup"));

        assertThat(Presence.read(newer)).contains(said);
        assertThat(Presence.read(new JsonObject())).isEmpty();
        assertThat(Presence.read(said.toJson().put("wire", new JsonArray()))).isEmpty();
        assertThat(Presence.read(said.toJson().put("state", "DREAMING"))).isEmpty();
        assertThat(Presence.read(said.toJson().put("roles", 7))).isEmpty();
    }
}

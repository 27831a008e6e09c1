package systems.supported.rentcache.app;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.QuestionWire;
import systems.supported.rentcache.cache.RecentInvalidations;
import systems.supported.rentcache.cache.ReplyWire;
import systems.supported.rentcache.cache.WireVersions;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.cluster.ClusteredVertx;
import systems.supported.rentcache.cluster.Links;
import systems.supported.rentcache.cluster.LiveNodes;
import systems.supported.rentcache.cluster.LookupAnswerVerticle;
import systems.supported.rentcache.cluster.LookupRouteVerticle;
import systems.supported.rentcache.cluster.NodeCalls;
import systems.supported.rentcache.cluster.OfferedBodies;
import systems.supported.rentcache.cluster.Presence;
import systems.supported.rentcache.cluster.PresenceVerticle;
import systems.supported.rentcache.cluster.RefreshAnswerVerticle;
import systems.supported.rentcache.cluster.RefreshRouteVerticle;
import systems.supported.rentcache.cluster.UpstreamAnswerVerticle;
import systems.supported.rentcache.cluster.UpstreamRouteVerticle;
import systems.supported.rentcache.cluster.UsageAnswerVerticle;
import systems.supported.rentcache.cluster.UsageRouteVerticle;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.NodeInfo;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.upstream.UpstreamOptions;

/** What a node has only in a cluster: it asks other nodes for what it does not do itself, and answers them. */
final class ClusterParts {
    private final Sources from;
    private final Set<Role> roles;
    private final LiveNodes nodes;
    private final NodeCalls calls;
    private final Links links;

    /** What they are made of. */
    record Sources(
            Vertx vertx,
            Settings settings,
            Catalog catalog,
            NodeInfo node,
            NearCache near,
            RecentInvalidations invalidations,
            UpstreamOptions upstream,
            InstantSource clock,
            Metrics metrics,
            NodeHealth health) {
    }

    ClusterParts(Sources from) {
        this.from = from;
        this.roles = from.settings.cluster().roles();
        this.nodes = new LiveNodes(new Presence(
                from.node.id(), ClusteredVertx.busId(from.vertx), from.node.name(), from.node.version(), roles,
                WireVersions.OWN, Presence.State.STARTING));
        this.calls = new NodeCalls(from.vertx);
        this.links = new Links(
                nodes, calls, new QuestionWire(from.catalog), new ReplyWire(),
                UpstreamInForce.lookupTimeout(from.upstream), from.upstream.longest(), from.clock, from.metrics);
    }

    /** The ids of the nodes that are there. Thread-safe. */
    Set<String> members() {
        return nodes.members(System.nanoTime()).stream().map(Presence::id).collect(Collectors.toSet());
    }

    /** Deploys what asks other nodes. */
    Future<Void> routes(Function<VerticleBase, Future<Void>> deploy) {
        List<VerticleBase> routes = new ArrayList<>();
        routes.add(new LookupRouteVerticle(links, from.near, from.invalidations));
        if (!roles.contains(Role.UPSTREAM)) {
            routes.add(new UpstreamRouteVerticle(links));
        }
        if (!roles.contains(Role.REFRESH)) {
            routes.add(new RefreshRouteVerticle(links));
        }
        if (!roles.contains(Role.ANALYTICS)) {
            routes.add(new UsageRouteVerticle(links));
        }
        return inTurn(routes, deploy);
    }

    /** Deploys what answers other nodes, and then tells them; stopped first, it tells them before it takes no more. */
    Future<Void> answers(Function<VerticleBase, Future<Void>> deploy) {
        OfferedBodies bodies = new OfferedBodies(from.vertx, from.node.id());
        List<VerticleBase> answers = new ArrayList<>();
        if (roles.contains(Role.LOOKUP)) {
            answers.add(new LookupAnswerVerticle(links, bodies));
        }
        if (roles.contains(Role.UPSTREAM)) {
            answers.add(new UpstreamAnswerVerticle(links, bodies));
        }
        if (roles.contains(Role.REFRESH)) {
            answers.add(new RefreshAnswerVerticle(links));
        }
        if (roles.contains(Role.ANALYTICS)) {
            answers.add(new UsageAnswerVerticle(links));
        }
        answers.add(new PresenceVerticle(
                nodes, calls, from.metrics, from.health.cluster(), from.health.report()));
        return bodies.listen().compose(listening -> inTurn(answers, deploy));
    }

    private static Future<Void> inTurn(List<VerticleBase> verticles, Function<VerticleBase, Future<Void>> deploy) {
        Future<Void> deployed = Future.succeededFuture();
        for (VerticleBase verticle : verticles) {
            deployed = deployed.compose(before -> deploy.apply(verticle));
        }
        return deployed;
    }
}

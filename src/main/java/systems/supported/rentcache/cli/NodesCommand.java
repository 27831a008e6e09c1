package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Lists the nodes. */
@Command(name = "nodes", description = "List the nodes that share the database, with what each does.")
final class NodesCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    NodesCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        try (Operations operations = root.operations(settings)) {
            JsonArray nodes = operations.call("nodes", new JsonObject()).getJsonArray("items");
            if (json) {
                root.out().println(nodes.encodePrettily());
            } else if (nodes.isEmpty()) {
                root.out().println("No node on " + operations.place() + ".");
            } else {
                table(nodes, settings.limiting().zone()).print(root.out());
            }
        }
        return 0;
    }

    private static Table table(JsonArray nodes, ZoneId zone) {
        Table table = Table.of("NAME", "STATE", "CLUSTER", "ROLES", "VERSION", "HOST", "STARTED", "LAST SEEN");
        for (int i = 0; i < nodes.size(); i++) {
            JsonObject node = nodes.getJsonObject(i);
            table.row(
                    node.getString("name"), node.getString("state"), cluster(node.getBoolean("member")), roles(node),
                    node.getString("version"), node.getString("host"), moment(node, "startedAt", zone),
                    moment(node, "lastSeen", zone));
        }
        return table;
    }

    /** Only a server that is in a cluster itself can tell. */
    private static String cluster(Boolean member) {
        return member == null ? "-" : member ? "member" : "not in it";
    }

    private static String roles(JsonObject node) {
        return node.getJsonArray("roles").stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String moment(JsonObject node, String member, ZoneId zone) {
        return Text.moment(Instant.parse(node.getString(member)), zone);
    }
}

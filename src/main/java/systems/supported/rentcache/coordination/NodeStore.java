package systems.supported.rentcache.coordination;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.storage.Database;

/** The nodes on one database, as each says of itself. Thread-safe. */
public final class NodeStore {
    private static final String SEEN = """
            INSERT INTO nodes (id, name, version, host, started_at, last_seen, roles)
            VALUES (#{id}, #{name}, #{version}, #{host}, #{startedAt}, #{lastSeen}, #{roles})
            ON CONFLICT (id) DO UPDATE SET last_seen = excluded.last_seen""";
    /** Of a name there is one node: the one before a restart that had no time to leave is not shown beside it. */
    private static final String SWEEP = """
            DELETE FROM nodes WHERE last_seen < #{dropped}
            OR name = #{name} AND id <> #{id} AND last_seen < #{silent}""";
    private static final String LEAVE = "DELETE FROM nodes WHERE id = #{id}";
    private static final String LIST = """
            SELECT id, name, version, host, started_at, last_seen, roles FROM nodes
            WHERE last_seen >= #{oldest} ORDER BY started_at, id""";

    private final Database database;

    /** The nodes of a database. */
    public NodeStore(Database database) {
        this.database = database;
    }

    /** A node says that it is there; those that are gone for long are dropped. */
    public Future<Void> seen(NodeInfo node) {
        return database.write(connection -> SqlTemplate.forUpdate(connection, SEEN).execute(parameters(node))
                .compose(seen -> SqlTemplate.forUpdate(connection, SWEEP).execute(Map.of(
                        "id", node.id(),
                        "name", node.name(),
                        "silent", node.lastSeen().minus(NodeInfo.GONE_AFTER).toEpochMilli(),
                        "dropped", node.lastSeen().minus(NodeInfo.SHOWN_FOR).toEpochMilli()))))
                .mapEmpty();
    }

    private static Map<String, Object> parameters(NodeInfo node) {
        return Map.of(
                "id", node.id(),
                "name", node.name(),
                "version", node.version(),
                "host", node.host(),
                "startedAt", node.startedAt().toEpochMilli(),
                "lastSeen", node.lastSeen().toEpochMilli(),
                "roles", String.join(",", node.roles()));
    }

    /** A node leaves. */
    Future<Void> leave(NodeInfo node) {
        return database.write(connection -> SqlTemplate.forUpdate(connection, LEAVE).execute(Map.of("id", node.id())))
                .mapEmpty();
    }

    /** The nodes that are there or were shortly ago, the oldest first. */
    public Future<List<NodeInfo>> list(Instant now) {
        Map<String, Object> oldest = Map.of("oldest", now.minus(NodeInfo.SHOWN_FOR).toEpochMilli());
        return Database.attempt(() -> SqlTemplate.forQuery(database.reader(), LIST).execute(oldest)).map(rows -> {
            List<NodeInfo> nodes = new ArrayList<>();
            rows.forEach(row -> nodes.add(node(row)));
            return nodes;
        });
    }

    private static NodeInfo node(Row row) {
        return new NodeInfo(
                row.getString("id"), row.getString("name"), row.getString("version"), row.getString("host"),
                Instant.ofEpochMilli(row.getLong("started_at")), Instant.ofEpochMilli(row.getLong("last_seen")),
                List.of(row.getString("roles").split(",")));
    }
}

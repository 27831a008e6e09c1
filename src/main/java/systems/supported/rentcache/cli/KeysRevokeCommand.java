package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a key. */
@Command(name = "revoke", description = "End a key at once. Its usage is kept, and its name is free again.")
final class KeysRevokeCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Mixin
    private NamedKey which;

    KeysRevokeCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (Operations operations = root.operations(root.settings())) {
            JsonObject key = which.in(operations);
            boolean before = NamedKey.isRevoked(key);
            if (!before) {
                operations.call("revokeKey", new JsonObject().put("id", key.getLong("id")));
            }
            root.out().println("Key '" + key.getString("name") + "' (" + key.getLong("id") + ") "
                    + (before ? "was already" : "is") + " revoked.");
        }
        return 0;
    }
}

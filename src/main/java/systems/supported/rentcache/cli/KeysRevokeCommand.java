package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import systems.supported.rentcache.auth.ApiKey;

/** Ends a key. */
@Command(name = "revoke", description = "End a key at once. Its usage is kept, and its name is free again.")
final class KeysRevokeCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Mixin
    private NamedKey which;

    KeysRevokeCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        try (OpenDatabase database = OpenDatabase.of(root.settings())) {
            ApiKey key = which.in(database);
            if (key.active()) {
                database.awaitChange(database.keys().revoke(key.id(), root.surroundings().clock().instant()));
            }
            root.out().println("Key '" + key.name() + "' (" + key.id() + ") "
                    + (key.active() ? "is" : "was already") + " revoked.");
        }
        return 0;
    }
}

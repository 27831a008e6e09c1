package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Parameters;

/** The word that says which key is meant. */
final class NamedKey {
    private static final int PAGE = 1_000;

    @Parameters(paramLabel = "NAME|ID",
            description = "The key's name or id. A name means the active key that has it, else the last one that had.")
    private String nameOrId;

    /**
     * The key.
     *
     * @throws CommandFailure when there is none
     */
    JsonObject in(Operations operations) throws CommandFailure {
        return find(nameOrId, operations);
    }

    /**
     * The key, which is active.
     *
     * @throws CommandFailure when there is none, or it is revoked
     */
    JsonObject activeIn(Operations operations) throws CommandFailure {
        JsonObject key = in(operations);
        if (isRevoked(key)) {
            throw new CommandFailure("Key '" + key.getString("name")
                    + "' is revoked. 'keys update --active' takes that back.");
        }
        return key;
    }

    /** Whether a key is revoked. */
    static boolean isRevoked(JsonObject key) {
        return key.getString("status").equals("revoked");
    }

    /**
     * The key of a name or an id.
     *
     * @throws CommandFailure when there is none
     */
    static JsonObject find(String nameOrId, Operations operations) throws CommandFailure {
        JsonObject named = named(nameOrId, operations);
        if (named != null) {
            return named;
        }
        try {
            if (nameOrId.matches("[1-9][0-9]{0,17}")) {
                return operations.call("showKey", new JsonObject().put("id", Long.parseLong(nameOrId)));
            }
        } catch (CommandFailure failure) {
            if (!failure.isNotFound()) {
                throw failure;
            }
        }
        throw new CommandFailure("There is no key '" + nameOrId + "' in " + operations.place() + ".");
    }

    /** The active key of a name, else the last one that had it; null where none had. */
    private static JsonObject named(String name, Operations operations) throws CommandFailure {
        JsonObject last = null;
        if (name.length() > 100) {
            return null;
        }
        for (int offset = 0;; offset += PAGE) {
            JsonObject page = operations.call("listKeys", new JsonObject()
                    .put("search", name).put("status", "all").put("limit", PAGE).put("offset", offset));
            JsonArray keys = page.getJsonArray("items");
            for (int i = 0; i < keys.size(); i++) {
                JsonObject key = keys.getJsonObject(i);
                if (key.getString("name").equals(name) && (last == null || isRevoked(last))) {
                    last = key;
                }
            }
            if (offset + PAGE >= page.getInteger("total")) {
                return last;
            }
        }
    }
}

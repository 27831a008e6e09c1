package systems.supported.rentcache.cli;

import picocli.CommandLine.Parameters;
import systems.supported.rentcache.auth.ApiKey;

/** The word that says which key is meant. */
final class NamedKey {
    @Parameters(paramLabel = "NAME|ID",
            description = "The key's name or id. A name means the active key that has it, else the last one that had.")
    private String nameOrId;

    /**
     * The key.
     *
     * @throws CommandFailure when there is none
     */
    ApiKey in(OpenDatabase database) throws CommandFailure {
        return database.await(database.keys().find(nameOrId)).orElseThrow(
                () -> new CommandFailure("There is no key '" + nameOrId + "' in " + database.place() + "."));
    }

    /**
     * The key, which is active.
     *
     * @throws CommandFailure when there is none, or it is revoked
     */
    ApiKey activeIn(OpenDatabase database) throws CommandFailure {
        ApiKey key = in(database);
        if (!key.active()) {
            throw new CommandFailure("Key '" + key.name() + "' is revoked. 'keys update --active' takes that back.");
        }
        return key;
    }
}

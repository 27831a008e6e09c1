package systems.supported.rentcache.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;

/** Checks the settings. */
@Command(name = "check", description = "Check all settings, the endpoints too, and say what is wrong.")
final class ConfigCheckCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    ConfigCheckCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        RentCacheCommand.catalog(settings);
        try {
            settings.requireUpstream();
        } catch (SettingsException missing) {
            // Nothing that is there is wrong, and a build may well check settings without the secrets.
            missing.problems().forEach(problem -> root.err().println("'serve' will not start: " + problem));
        }
        root.out().println("ok");
        return 0;
    }
}

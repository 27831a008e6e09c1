package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.admin.SettingsInForce;
import systems.supported.rentcache.config.EffectiveSetting;
import systems.supported.rentcache.config.Section;
import systems.supported.rentcache.config.SettingCatalog;
import systems.supported.rentcache.config.Settings;

/** Shows the settings in force. */
@Command(name = "show", description = "Show the settings in force and where each value comes from. Secrets are masked.")
final class ConfigShowCommand implements Callable<Integer> {
    private static final String NOT_SET = "(not set)";

    private final RentCacheCommand root;

    @Option(names = "--given", description = "Only what somebody set, without the defaults.")
    private boolean given;

    @Option(names = "--json", description = "Print JSON, with what each setting does and allows.")
    private boolean json;

    ConfigShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        RentCacheCommand.catalog(settings);
        List<EffectiveSetting> shown =
                settings.effective().stream().filter(setting -> !given || setting.isGiven()).toList();
        if (json) {
            root.out().println(SettingsInForce.json(shown).encodePrettily());
        } else if (shown.isEmpty()) {
            root.out().println("Every setting has its default.");
        } else {
            sections(shown, root.out());
        }
        return 0;
    }

    private static void sections(List<EffectiveSetting> shown, PrintWriter out) {
        int name = shown.stream().mapToInt(setting -> setting.name().length()).max().orElse(0);
        int value = shown.stream().mapToInt(setting -> value(setting).length()).max().orElse(0);
        Section last = null;
        for (EffectiveSetting setting : shown) {
            Section section = section(setting);
            if (section != last) {
                out.println((last == null ? "" : System.lineSeparator()) + section.title());
                last = section;
            }
            out.printf("  %-" + name + "s  %-" + value + "s  %s%n",
                    setting.name(), value(setting), setting.source());
        }
    }

    private static String value(EffectiveSetting setting) {
        return setting.value().isEmpty() ? NOT_SET : setting.value();
    }

    private static Section section(EffectiveSetting setting) {
        return SettingCatalog.find(setting.name()).orElseThrow().section();
    }
}

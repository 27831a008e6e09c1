package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.admin.SettingsInForce;
import systems.supported.rentcache.config.EffectiveSetting;
import systems.supported.rentcache.config.Settings;

/** Shows the settings in force. */
@Command(name = "show", description = "Show the settings in force and where each value comes from. Secrets are masked.")
final class ConfigShowCommand implements Callable<Integer>, WorksOnServer {
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
        List<JsonObject> shown = inForce(settings).stream().map(JsonObject.class::cast)
                .filter(setting -> !given || !setting.getString("source").equals(EffectiveSetting.DEFAULT_SOURCE)).toList();
        if (json) {
            root.out().println(new JsonArray(shown).encodePrettily());
        } else if (shown.isEmpty()) {
            root.out().println("Every setting has its default.");
        } else {
            sections(shown, root.out());
        }
        return 0;
    }

    private JsonArray inForce(Settings settings) throws Exception {
        if (root.server().isEmpty()) {
            return SettingsInForce.json(settings.effective());
        }
        try (Operations operations = root.operations(settings)) {
            return operations.call("settings", new JsonObject()).getJsonArray("settings");
        }
    }

    private static void sections(List<JsonObject> shown, PrintWriter out) {
        int name = shown.stream().mapToInt(setting -> setting.getString("name").length()).max().orElse(0);
        int value = shown.stream().mapToInt(setting -> value(setting).length()).max().orElse(0);
        String last = null;
        for (JsonObject setting : shown) {
            String section = setting.getString("section");
            if (!section.equals(last)) {
                out.println((last == null ? "" : System.lineSeparator()) + section);
                last = section;
            }
            out.printf("  %-" + name + "s  %-" + value + "s  %s%n",
                    setting.getString("name"), value(setting), setting.getString("source"));
        }
    }

    private static String value(JsonObject setting) {
        return setting.getString("value") == null ? NOT_SET : setting.getString("value");
    }
}

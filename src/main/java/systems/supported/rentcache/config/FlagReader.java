package systems.supported.rentcache.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import systems.supported.rentcache.config.SettingsException.Problem;

/** Settings from flags of the command line. */
final class FlagReader {

    private FlagReader() {
    }

    static Map<String, Given> read(Map<String, String> flags, List<Problem> problems) {
        Map<String, Given> given = new HashMap<>();
        new TreeMap<>(flags).forEach((name, text) -> {
            String source = "flag --" + name.replaceFirst("^-+", "");
            SettingCatalog.find(name).ifPresentOrElse(
                    setting -> {
                        if (!text.isBlank()) {
                            given.put(setting.name(), new Given(text, source));
                        }
                    },
                    () -> problems.add(new Problem(
                            SettingNames.canonical(name), "", source, SettingNames.unknown(name))));
        });
        return given;
    }
}

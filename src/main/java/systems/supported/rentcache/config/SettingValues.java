package systems.supported.rentcache.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import systems.supported.rentcache.config.SettingsException.Problem;

/**
 * The value of each setting, with where it came from.
 *
 * <p>A wrong text is put among the problems and the default stands in for it, so that all wrong ones are found in one
 * pass; whoever resolves must look at the problems before the values are used.
 */
final class SettingValues {

    private record Value(Object value, String text, String source) {
    }

    private final Map<Setting<?>, Value> values = new HashMap<>();

    /**
     * Resolves each setting of the catalog.
     *
     * @param layers   what the sources gave by canonical name, the strongest first
     * @param problems takes what is wrong
     */
    static SettingValues resolve(List<Map<String, Given>> layers, List<Problem> problems) {
        SettingValues values = new SettingValues();
        for (Setting<?> setting : SettingCatalog.all()) {
            values.resolve(setting, layers, problems);
        }
        return values;
    }

    private <T> void resolve(Setting<T> setting, List<Map<String, Given>> layers, List<Problem> problems) {
        Given given = layers.stream()
                .map(layer -> layer.get(setting.name()))
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> followed(setting))
                .orElseGet(() -> new Given(setting.defaultText(), EffectiveSetting.DEFAULT_SOURCE));
        SettingType<T> type = setting.type();
        String text = given.text();
        T value;
        try {
            value = type.parse(text);
        } catch (RefusedException refused) {
            String reason = refused.getMessage() == null ? "" : refused.getMessage() + "; ";
            problems.add(new Problem(
                    setting.name(), type.show(text), given.place(), reason + "allowed: " + type.allowed()));
            value = defaultOf(setting);
        }
        values.put(setting, new Value(value, type.show(text), given.source()));
    }

    private Optional<Given> followed(Setting<?> setting) {
        return setting.follow(this).map(text -> {
            Setting<?> leader = setting.leader().orElseThrow();
            return new Given(text, source(leader) + " (" + leader.name() + ")");
        });
    }

    private static <T> T defaultOf(Setting<T> setting) {
        try {
            return setting.type().parse(setting.defaultText());
        } catch (RefusedException wrongInCatalog) {
            throw new IllegalStateException("the default of " + setting + " is not allowed", wrongInCatalog);
        }
    }

    /** The setting's value. */
    @SuppressWarnings("unchecked") // resolve() puts under a Setting<T> nothing but a T
    <T> T get(Setting<T> setting) {
        return (T) values.get(setting).value();
    }

    /** Where the value came from. */
    String source(Setting<?> setting) {
        return values.get(setting).source();
    }

    /** Whether somebody gave the value, directly or through a setting that it follows. */
    boolean isGiven(Setting<?> setting) {
        return !source(setting).equals(EffectiveSetting.DEFAULT_SOURCE);
    }

    /** The settings in force, in the catalog's order. */
    List<EffectiveSetting> effective() {
        return SettingCatalog.all().stream()
                .map(setting -> new EffectiveSetting(
                        setting.name(), values.get(setting).text(), source(setting), setting.description(),
                        setting.allowed(), setting.isSecret()))
                .toList();
    }
}

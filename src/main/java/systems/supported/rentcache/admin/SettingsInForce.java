package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.config.EffectiveSetting;
import systems.supported.rentcache.config.SettingCatalog;
import systems.supported.rentcache.config.Settings;

/** The settings in force and where each came from; secrets are masked. Thread-safe. */
public final class SettingsInForce {
    private final Settings settings;

    /** The settings of a process. */
    public SettingsInForce(Settings settings) {
        this.settings = settings;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("settings", call -> Future.succeededFuture(
                Document.of(new JsonObject().put("settings", json(settings.effective())))));
    }

    /** Settings as they are shown to machines. */
    public static JsonArray json(List<EffectiveSetting> settings) {
        return new JsonArray(settings.stream().map(SettingsInForce::json).toList());
    }

    private static JsonObject json(EffectiveSetting setting) {
        return new JsonObject()
                .put("name", setting.name())
                .put("value", setting.value().isEmpty() ? null : setting.value())
                .put("source", setting.source())
                .put("section", SettingCatalog.find(setting.name()).orElseThrow().section().title())
                .put("secret", setting.secret())
                .put("description", setting.description())
                .put("allowed", setting.allowed());
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An event in a line for people. Pure. */
final class EventLine {
    private static final Map<String, String> FORMS =
            Map.of("percent", "%s %%", "keyId", "key %s", "count", "%s times", "missed", "%s missed");

    private EventLine() {
    }

    /** What is most worth knowing of an event, fit for a terminal. */
    static String summary(JsonObject event) {
        List<String> words = new ArrayList<>();
        for (String name : List.of("endpoint", "budget", "state", "scope", "reason")) {
            if (event.getValue(name) != null) {
                words.add(event.getValue(name).toString());
            }
        }
        FORMS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(form -> event.getValue(form.getKey()) != null)
                .forEach(form -> words.add(String.format(Locale.ROOT, form.getValue(), event.getValue(form.getKey()))));
        Long cost = event.getLong("costMicros");
        if (cost != null && cost > 0) {
            words.add("$" + Text.dollars(cost));
        }
        JsonObject parameters = event.getJsonObject("parameters");
        if (parameters != null) {
            parameters.forEach(parameter -> words.add(parameter.getKey() + "=" + parameter.getValue()));
        }
        return plain(String.join(" ", words));
    }

    /** What a server says is never obeyed by the terminal. */
    static String plain(String text) {
        return text.replaceAll("\\p{C}", "?");
    }
}

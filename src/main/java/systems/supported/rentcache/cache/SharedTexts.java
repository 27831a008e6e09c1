package systems.supported.rentcache.cache;

import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Header names and values that many answers have in common, such as their content type, kept once in the form in which
 * they are sent: for an answer of 2 KB copies of its own would be a tenth of what it takes. Thread-safe.
 */
final class SharedTexts {
    private static final int MOST = 1_000;
    private static final int LONGEST = 64;
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");
    private static final Map<String, CharSequence> SHARED = new ConcurrentHashMap<>();

    private SharedTexts() {
    }

    /**
     * A text ready to be sent, the same object for the same text where there is room to remember it. What would end a
     * header's line is a space in it (RFC 9110 §5.5): an answer may come from a database that others wrote to.
     */
    static CharSequence of(String text) {
        CharSequence known = SHARED.get(text);
        if (known != null) {
            return known;
        }
        CharSequence made = HttpHeaders.createOptimized(CONTROLS.matcher(text).replaceAll(" "));
        if (text.length() <= LONGEST && SHARED.size() < MOST) {
            SHARED.putIfAbsent(text, made);
        }
        return made;
    }
}

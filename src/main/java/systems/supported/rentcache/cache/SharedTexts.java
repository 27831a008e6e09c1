package systems.supported.rentcache.cache;

import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Header names and values that many answers have in common, such as their content type, kept once in the form in which
 * they are sent: for an answer of 2 KB copies of its own would be a tenth of what it takes. Thread-safe.
 */
final class SharedTexts {
    private static final int MOST = 1_000;
    private static final int LONGEST = 64;
    private static final Map<String, CharSequence> SHARED = new ConcurrentHashMap<>();

    private SharedTexts() {
    }

    /** A text ready to be sent, the same object for the same text where there is room to remember it. */
    static CharSequence of(String text) {
        CharSequence known = SHARED.get(text);
        if (known != null) {
            return known;
        }
        CharSequence made = HttpHeaders.createOptimized(text);
        if (text.length() <= LONGEST && SHARED.size() < MOST) {
            SHARED.putIfAbsent(text, made);
        }
        return made;
    }
}

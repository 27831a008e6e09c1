package systems.supported.rentcache.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The headers of an answer and their prepared form, kept once for all answers that have the same: most answers differ
 * in their bodies only, and for one of 2 KB headers of its own would be a twentieth of what it takes. Immutable; those
 * that are seen most are remembered. Thread-safe.
 */
public final class SharedHeaders {
    private static final String TOTAL_COUNT = "X-Total-Count";
    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> OURS = Set.of("connection", "content-length", "transfer-encoding");
    private static final int MOST = 1_000;
    private static final Cache<List<Header>, SharedHeaders> SHARED =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    private final List<Header> headers;
    private final CharSequence[] fields;
    private final byte[] lines;
    private final CharSequence totalCount;

    private SharedHeaders(List<Header> headers) {
        this.headers = List.copyOf(headers);
        List<CharSequence> prepared = new ArrayList<>();
        CharSequence count = null;
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(TOTAL_COUNT)) {
                count = SharedTexts.of(header.value());
            } else if (isSent(header.name())) {
                prepared.add(SharedTexts.of(header.name()));
                prepared.add(SharedTexts.of(header.value()));
            }
        }
        this.fields = prepared.toArray(CharSequence[]::new);
        this.lines = lines(fields);
        this.totalCount = count;
    }

    /** Whether a field may be sent: a database that others wrote to may have any name, and say how long a body is. */
    private static boolean isSent(String name) {
        return TOKEN.matcher(name).matches() && !OURS.contains(name.toLowerCase(Locale.ROOT));
    }

    private static byte[] lines(CharSequence[] fields) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            lines.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
        }
        return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same headers, the same object for the same ones where they are remembered. */
    public static SharedHeaders of(List<Header> headers) {
        return SHARED.get(headers, SharedHeaders::new);
    }

    /** The headers, in order. */
    List<Header> headers() {
        return headers;
    }

    /** All but the total count: name, value, name, value, …; not to be written to. */
    public CharSequence[] fields() {
        return fields;
    }

    /** The same as HTTP/1.1 sends them: lines, each with its end; not to be written to. */
    public byte[] lines() {
        return lines;
    }

    /** The upstream's {@code X-Total-Count}, or null. */
    CharSequence totalCount() {
        return totalCount;
    }
}

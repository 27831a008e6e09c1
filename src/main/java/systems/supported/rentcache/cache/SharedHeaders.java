package systems.supported.rentcache.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of an answer and their prepared form, kept once for all answers that have the same: most answers differ
 * in their bodies only, and for one of 2 KB headers of its own would be a twentieth of what it takes. Immutable; those
 * that are seen most are remembered. Thread-safe.
 */
final class SharedHeaders {
    private static final String TOTAL_COUNT = "X-Total-Count";
    private static final int MOST = 1_000;
    private static final Cache<List<Header>, SharedHeaders> SHARED =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    private final List<Header> headers;
    private final CharSequence[] fields;
    private final String totalCount;

    private SharedHeaders(List<Header> headers) {
        this.headers = List.copyOf(headers);
        List<CharSequence> prepared = new ArrayList<>();
        String count = null;
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(TOTAL_COUNT)) {
                count = header.value();
            } else {
                prepared.add(SharedTexts.of(header.name()));
                prepared.add(SharedTexts.of(header.value()));
            }
        }
        this.fields = prepared.toArray(CharSequence[]::new);
        this.totalCount = count;
    }

    /** The same headers, the same object for the same ones where they are remembered. */
    static SharedHeaders of(List<Header> headers) {
        return SHARED.get(headers, SharedHeaders::new);
    }

    /** The headers, in order. */
    List<Header> headers() {
        return headers;
    }

    /** All but the total count: name, value, name, value, …; not to be written to. */
    CharSequence[] fields() {
        return fields;
    }

    /** The upstream's {@code X-Total-Count}, or null. */
    String totalCount() {
        return totalCount;
    }
}

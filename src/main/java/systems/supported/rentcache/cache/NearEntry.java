package systems.supported.rentcache.cache;

import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer made ready to be sent many times: every header that never changes for it is prepared, those that change
 * each second ({@code Age}, {@code Cache-Status}) are made once a second and shared by the requests of that second.
 *
 * <p>Thread-safe. Two event loops that cross a second together may both make its values; either pair is right.
 */
public final class NearEntry {
    private static final String TOTAL_COUNT = "X-Total-Count";

    private final StoredAnswer answer;
    private final CharSequence[] fields;
    private final String totalCount;
    private final String gzipEtag;
    private final String bodyLength;
    private final String gzipLength;
    private final long expiresAtMillis;
    private volatile Moment moment = new Moment(Long.MIN_VALUE, "", "");

    /**
     * What an answer says of its age within one second.
     *
     * @param second      seconds since 1970-01-01T00:00Z
     * @param age         the value of {@code Age}
     * @param cacheStatus the value of {@code Cache-Status} for a hit
     */
    public record Moment(long second, String age, String cacheStatus) {
    }

    /** Prepares an answer. */
    public NearEntry(StoredAnswer answer) {
        this.answer = answer;
        List<CharSequence> prepared = new ArrayList<>();
        String count = null;
        for (Header header : answer.entry().headers()) {
            if (header.name().equalsIgnoreCase(TOTAL_COUNT)) {
                count = header.value();
            } else {
                prepared.add(HttpHeaders.createOptimized(header.name()));
                prepared.add(HttpHeaders.createOptimized(header.value()));
            }
        }
        this.fields = prepared.toArray(CharSequence[]::new);
        this.totalCount = count;
        String etag = answer.entry().etag();
        this.gzipEtag = etag.substring(0, etag.length() - 1) + "-gzip\"";
        this.bodyLength = Integer.toString(answer.body().length());
        this.gzipLength = answer.gzip() == null ? null : Integer.toString(answer.gzip().length());
        this.expiresAtMillis = answer.entry().expiresAt().toEpochMilli();
    }

    /** The answer itself. */
    public StoredAnswer answer() {
        return answer;
    }

    /** The upstream's headers but the total count: name, value, name, value, …; not to be written to. */
    public CharSequence[] fields() {
        return fields;
    }

    /** The upstream's {@code X-Total-Count}, or null; only for those who asked for it. */
    public String totalCount() {
        return totalCount;
    }

    /** Whether a compressed form is there. */
    public boolean hasGzip() {
        return gzipLength != null;
    }

    /** The entity tag of the compressed form: another representation, so another strong tag (RFC 9110 §8.8.3). */
    public String gzipEtag() {
        return gzipEtag;
    }

    /** The body's length as a header value. */
    public String bodyLength() {
        return bodyLength;
    }

    /** The compressed form's length as a header value; null where there is none. */
    public String gzipLength() {
        return gzipLength;
    }

    /** When the answer stops being fresh, in milliseconds since 1970-01-01T00:00Z. */
    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /**
     * The age's headers for a hit at a time.
     *
     * @param millis milliseconds since 1970-01-01T00:00Z
     */
    public Moment at(long millis) {
        long second = Math.floorDiv(millis, 1_000);
        Moment known = moment;
        if (known.second == second) {
            return known;
        }
        Instant now = Instant.ofEpochMilli(millis);
        Duration age = Freshness.currentAge(answer.entry(), now);
        Moment made = new Moment(
                second,
                Long.toString(age.toSeconds()),
                CacheStatus.hit(Freshness.freshFor(answer.entry(), now), "near"));
        moment = made;
        return made;
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

/**
 * An answer made ready to be sent many times: every header that never changes for it is prepared, those that change
 * each second ({@code Age}, {@code Cache-Status}) are shared by the requests of that second from its second request on.
 *
 * <p>Thread-safe. Event loops that ask within one second together may each make its values; all of them are right.
 */
public final class NearEntry {
    /** A refresh that came to nothing is tried again after so long. */
    private static final long REFRESH_AGAIN_MILLIS = 10_000;
    private static final Moment NEVER = new Moment(Long.MIN_VALUE, "", "");

    private final StoredAnswer answer;
    private final SharedHeaders headers;
    private final String gzipEtag;
    private final CharSequence bodyLength;
    private final CharSequence gzipLength;
    private final int[] tags;
    private volatile Moment moment = NEVER;
    private int askedSecond;
    private int demand;
    private long refreshAskedMillis = Long.MIN_VALUE;

    /**
     * What an answer says of its age within one second, in the form in which it is sent.
     *
     * @param second      seconds since 1970-01-01T00:00Z
     * @param age         the value of {@code Age}
     * @param cacheStatus the value of {@code Cache-Status} for a hit
     */
    public record Moment(long second, CharSequence age, CharSequence cacheStatus) {
    }

    /** Prepares an answer. */
    public NearEntry(StoredAnswer answer) {
        this(answer, answer.entry().question());
    }

    /**
     * Prepares an answer that is kept without its question's text.
     *
     * @param question the text, for the answer's tags
     */
    NearEntry(StoredAnswer answer, String question) {
        this.answer = answer;
        this.tags = Tags.hashes(question);
        this.headers = SharedHeaders.of(answer.entry().headers());
        this.gzipEtag = answer.gzip() == null ? null : gzipEtag(answer.entry().etag());
        this.bodyLength = SharedTexts.of(Integer.toString(answer.body().length()));
        this.gzipLength = answer.gzip() == null ? null : SharedTexts.of(Integer.toString(answer.gzip().length()));
    }

    /** The answer itself. */
    public StoredAnswer answer() {
        return answer;
    }

    /** Whether an invalidation covers it, or, of one by tags, may cover it: it has only the tags' hashes. */
    boolean isCoveredBy(Invalidation what) {
        Entry entry = answer.entry();
        if (what instanceof Invalidation.OfTags of) {
            return (of.endpoint() == null || of.endpoint().equals(entry.endpoint()))
                    && of.tags().stream().mapToInt(Tags::hash)
                            .allMatch(hash -> IntStream.of(tags).anyMatch(own -> own == hash));
        }
        return what.covers(entry);
    }

    /** The upstream's headers. */
    public SharedHeaders sharedHeaders() {
        return headers;
    }

    /** The upstream's {@code X-Total-Count}, or null; only for those who asked for it. */
    public CharSequence totalCount() {
        return headers.totalCount();
    }

    /** Whether a compressed form is there. */
    public boolean hasGzip() {
        return gzipLength != null;
    }

    /** The entity tag of the compressed form: another representation, so another strong tag (RFC 9110 §8.8.3). */
    public String gzipEtag() {
        // Asked for also while there is no such form: the consumer may have it from before.
        return gzipEtag == null ? gzipEtag(answer.entry().etag()) : gzipEtag;
    }

    private static String gzipEtag(String etag) {
        return etag.substring(0, etag.length() - 1) + "-gzip\"";
    }

    /** The body's length as a header value. */
    public CharSequence bodyLength() {
        return bodyLength;
    }

    /** The compressed form's length as a header value; null where there is none. */
    public CharSequence gzipLength() {
        return gzipLength;
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
                HttpHeaders.createOptimized(Long.toString(age.toSeconds())),
                HttpHeaders.createOptimized(CacheStatus.hit(Freshness.freshFor(answer.entry(), now), "near")));
        // Kept only where it is asked for again within the second: the many that are not would be a sixteenth larger.
        Moment kept = askedSecond == (int) second ? made : NEVER;
        // A reference that is written has the collector look at what is around it, also where it was there before.
        if (known != kept) {
            moment = kept;
        }
        askedSecond = (int) second;
        return made;
    }

    /** What {@link #isRefreshDue} would say to one more request, which is not counted. */
    public synchronized boolean wouldBeRefreshed(int enough, long millis) {
        return demand + 1 >= enough && !isRefreshAsked(millis);
    }

    /**
     * Counts a request that was given this answer though it is stale, and says whether it is now to be refreshed: when
     * enough have asked for it, and not again while that may be under way.
     *
     * @param enough how many requests have to ask, at least 1
     * @param millis milliseconds since 1970-01-01T00:00Z
     */
    public synchronized boolean isRefreshDue(int enough, long millis) {
        if (demand < enough) {
            demand++;
        }
        if (demand < enough || isRefreshAsked(millis)) {
            return false;
        }
        refreshAskedMillis = millis;
        return true;
    }

    private boolean isRefreshAsked(long millis) {
        return refreshAskedMillis != Long.MIN_VALUE && Math.abs(millis - refreshAskedMillis) < REFRESH_AGAIN_MILLIS;
    }
}

package systems.supported.rentcache.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.NearEntry;

/** What a request's headers choose among an answer's forms: compressed or not, whole or 304. */
final class Negotiation {
    private static final String GZIP = "gzip";

    private Negotiation() {
    }

    /** Whether an {@code Accept-Encoding} admits gzip (RFC 9110 §12.5.3); null admits only the plain form. */
    static boolean acceptsGzip(String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        int at = acceptEncoding.indexOf(GZIP);
        if (at < 0) {
            return false;
        }
        int end = acceptEncoding.indexOf(',', at);
        String weight = acceptEncoding.substring(at + GZIP.length(), end < 0 ? acceptEncoding.length() : end)
                .replace(" ", "");
        return weight.isEmpty() || !isZero(weight);
    }

    private static boolean isZero(String weight) {
        if (!weight.startsWith(";q=0")) {
            return false;
        }
        for (int i = ";q=0".length(); i < weight.length(); i++) {
            if (weight.charAt(i) != '0' && weight.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the consumer has the answer already (RFC 9110 §13.1.2, §13.1.3). The tags of both forms are known to
     * mean the same answer, and a weak comparison is what the RFC asks for here.
     *
     * @param ifNoneMatch     the header, or null
     * @param ifModifiedSince the header, or null; looked at only without the other
     */
    static boolean isNotModified(NearEntry entry, String ifNoneMatch, String ifModifiedSince) {
        if (ifNoneMatch != null) {
            return ifNoneMatch.strip().equals("*")
                    || ifNoneMatch.contains(entry.answer().entry().etag())
                    || ifNoneMatch.contains(entry.gzipEtag());
        }
        if (ifModifiedSince == null) {
            return false;
        }
        Instant since = httpDate(ifModifiedSince);
        Instant modified = lastModified(entry);
        return since != null && !modified.isAfter(since);
    }

    private static Instant lastModified(NearEntry entry) {
        for (Header header : entry.answer().entry().headers()) {
            if (header.name().equalsIgnoreCase("Last-Modified")) {
                Instant modified = httpDate(header.value());
                if (modified != null) {
                    return modified;
                }
            }
        }
        return entry.answer().entry().fetchedAt();
    }

    private static Instant httpDate(String text) {
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeException notADate) {
            return null;
        }
    }
}

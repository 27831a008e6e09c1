package systems.supported.rentcache.sandbox;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * An answer as it goes over the wire.
 *
 * @param status     the HTTP status
 * @param body       its bytes; empty with a 304
 * @param gzip       whether they are compressed
 * @param etag       the validator, or null
 * @param totalCount for {@code X-Total-Count}, or -1 for none
 * @param billed     whether Rentcast would bill it
 */
record Payload(int status, Buffer body, boolean gzip, String etag, long totalCount, boolean billed) {
    private static final int SMALLEST_GZIP = 500;
    private static final String PIECE = "\"" + "0123456789abcdef".repeat(64) + "\"";

    /**
     * Makes an answer ready; on any thread.
     *
     * @param accepted    the request's {@code Accept-Encoding}, or null
     * @param ifNoneMatch the request's {@code If-None-Match}, or null
     */
    static Payload of(Answer answer, Faults faults, String accepted, String ifNoneMatch) {
        boolean good = answer.status() == 200;
        Buffer body = good ? padded(answer.body(), faults.bodyBytes()) : answer.body();
        boolean gzip = body.length() >= SMALLEST_GZIP && acceptsGzip(accepted);
        String etag = good && faults.etag() ? etag(body, gzip) : null;
        if (etag != null && ifNoneMatch != null && names(ifNoneMatch, etag)) {
            return new Payload(304, Buffer.buffer(), false, etag, -1, false);
        }
        if (good && faults.invalidJson()) {
            body = body.getBuffer(0, Math.max(1, body.length() * 2 / 3));
        }
        return new Payload(
                answer.status(), gzip ? compressed(body) : body, gzip, etag, answer.totalCount(), answer.isBilled());
    }

    /** Adds a last member {@code padding} to an object, or a last object that has it to an array. */
    private static Buffer padded(Buffer json, int least) {
        if (json.length() >= least) {
            return json;
        }
        int last = json.length() - 1;
        boolean array = json.getByte(last) == ']';
        Buffer padded = Buffer.buffer(least + 2 * PIECE.length()).appendBuffer(json, 0, last);
        padded.appendString(last == 1 ? "" : ",").appendString(array ? "{\"padding\":[" : "\"padding\":[");
        padded.appendString(PIECE);
        while (padded.length() < least) {
            padded.appendString(",").appendString(PIECE);
        }
        return padded.appendString(array ? "]}]" : "]}");
    }

    private static boolean acceptsGzip(String accepted) {
        return accepted != null && Arrays.stream(accepted.toLowerCase(Locale.ROOT).split(","))
                .map(coding -> coding.replace(" ", ""))
                .anyMatch(coding -> coding.matches("(gzip|\\*)(;q=(1|1\\.0*|0?\\.0*[1-9]\\d*))?"));
    }

    private static Buffer compressed(Buffer body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length() / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    /** A strong validator, so the compressed form has one of its own. */
    private static String etag(Buffer body, boolean gzip) {
        long hash = Dice.hash(5, new String(body.getBytes(), StandardCharsets.ISO_8859_1));
        return "\"" + Long.toHexString(hash) + (gzip ? "-gzip" : "") + "\"";
    }

    private static boolean names(String ifNoneMatch, String etag) {
        return Arrays.stream(ifNoneMatch.split(","))
                .map(String::strip)
                .anyMatch(known -> known.equals("*") || known.replaceFirst("^W/", "").equals(etag));
    }
}

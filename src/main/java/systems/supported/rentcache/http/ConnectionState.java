package systems.supported.rentcache.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.catalog.Endpoint;

/**
 * What one connection's requests have in common, so that a consumer that repeats its key is not hashed and looked up
 * again. Confined to the connection's event loop.
 */
final class ConnectionState {
    private final Outflow outflow;
    private byte[] presented = new byte[0];
    private Caller caller;
    private long epoch;
    private String[] policies = new String[0];
    private String address;
    private HttpServerResponse lastResponse;
    private long activeAt;

    /** A connection that was opened at a time. */
    ConnectionState(long tick, Outflow outflow) {
        this.activeAt = tick;
        this.outflow = outflow;
    }

    /** The connection brought a request. */
    void asked(HttpServerResponse response, long tick) {
        lastResponse = response;
        activeAt = tick;
    }

    /** Has the answer that is not begun yet say that no other follows it. */
    void answerLast() {
        if (lastResponse != null && !lastResponse.headWritten() && !lastResponse.ended()) {
            lastResponse.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    /** When the connection last brought a request, or was owed an answer; now where it is. */
    long lastActive(long tick) {
        if (lastResponse != null && !lastResponse.ended() || outflow.isOwed()) {
            activeAt = tick;
        }
        return activeAt;
    }

    /** When the peer last took something of what is ready for it; now where nothing is. To be asked at each tick. */
    long lastTaken(long tick) {
        return outflow.lastTaken(tick);
    }

    /** Ends the connection whatever is still to be sent. */
    void cutOff() {
        outflow.cutOff();
    }

    /** Whether the connection never brought a request. */
    boolean isUnused() {
        return lastResponse == null;
    }

    /**
     * The caller of the last request, if this one presents the same value and no key has changed since.
     *
     * @param value        the presented value
     * @param currentEpoch the authenticator's epoch
     */
    Caller callerOf(String value, long currentEpoch) {
        return caller != null && epoch == currentEpoch && isPresented(value) ? caller : null;
    }

    /** Compares in a time that does not tell how much of the value is right. */
    private boolean isPresented(String value) {
        if (value.length() != presented.length) {
            return false;
        }
        int difference = 0;
        for (int i = 0; i < presented.length; i++) {
            difference |= presented[i] ^ value.charAt(i);
        }
        return difference == 0;
    }

    /** Remembers who presented a value. */
    void remember(String value, Caller known, long currentEpoch) {
        // Only what is one byte a character can be compared byte by byte; the others are looked up each time.
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        if (!MessageDigest.isEqual(bytes, value.getBytes(StandardCharsets.UTF_8))) {
            return;
        }
        presented = bytes;
        if (caller != known) {
            caller = known;
            policies = new String[known.policy().endpoints().size()];
        }
        epoch = currentEpoch;
    }

    /** The value of {@code RateLimit-Policy} for a caller and an endpoint. */
    String policyOf(Caller of, Endpoint endpoint) {
        if (of != caller) {
            return RateLimitHeaders.policy(of.policy(), endpoint);
        }
        String known = policies[endpoint.ordinal()];
        if (known == null) {
            known = RateLimitHeaders.policy(of.policy(), endpoint);
            policies[endpoint.ordinal()] = known;
        }
        return known;
    }

    /** The peer's address. */
    String address(HttpServerRequest request) {
        if (address == null) {
            address = request.remoteAddress() == null ? "" : String.valueOf(request.remoteAddress().hostAddress());
        }
        return address;
    }
}

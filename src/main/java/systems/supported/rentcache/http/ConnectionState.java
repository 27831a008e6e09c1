package systems.supported.rentcache.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.peer.PeerAddress;
import systems.supported.rentcache.peer.TrustedProxies;

/**
 * What one connection's requests have in common, so that a consumer that repeats its key is not hashed and looked up
 * again. Confined to the connection's event loop.
 */
final class ConnectionState {
    private static final PeerAddress NOWHERE = new PeerAddress(0, 0);

    private final Outflow outflow;
    private final EncodedAnswers encodedAnswers;
    private byte[] presented = new byte[0];
    private Caller caller;
    private long epoch;
    private CharSequence[] policies = new CharSequence[0];
    private final TrustedProxies proxies;
    private final PeerAddress peer;
    /** Whether the peer passes others on. */
    private final boolean passesOn;
    /** What the peer said last of whom it passes on, and the consumer's address by that. */
    private String said;
    private PeerAddress consumer;
    private String address;
    private HttpServerResponse lastResponse;
    private long activeAt;

    /**
     * A connection that was opened at a time.
     *
     * @param encodedAnswers what lets answers leave that are bytes already; null where it knows none
     * @param proxies whose word is taken for whom they pass on
     * @param remote  the peer's address; null where it has none
     */
    ConnectionState(long tick, Outflow outflow, EncodedAnswers encodedAnswers, TrustedProxies proxies, SocketAddress remote) {
        this.activeAt = tick;
        this.outflow = outflow;
        this.encodedAnswers = encodedAnswers;
        this.proxies = proxies;
        this.peer = peer(remote);
        this.passesOn = proxies.contains(peer);
        this.consumer = peer;
    }

    private static PeerAddress peer(SocketAddress remote) {
        String text = remote == null ? null : remote.hostAddress();
        if (text == null) {
            return NOWHERE;
        }
        int zone = text.indexOf('%');
        return PeerAddress.parse(zone < 0 ? text : text.substring(0, zone)).orElse(NOWHERE);
    }

    /** The address at the other end: the consumer's, or its proxy's. */
    PeerAddress peer() {
        return peer;
    }

    /** What lets a request's answer leave whose head is bytes already; null where Vert.x has to write it. */
    EncodedAnswers encodedAnswers(HttpServerRequest request) {
        return encodedAnswers != null && EncodedAnswers.isFor(request) ? encodedAnswers : null;
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
        if (caller == null || caller.policy() != known.policy()) {
            policies = new CharSequence[known.policy().endpoints().size()];
        }
        caller = known;
        epoch = currentEpoch;
    }

    /** The value of {@code RateLimit-Policy} for a caller and an endpoint. */
    CharSequence policyOf(Caller of, Endpoint endpoint) {
        if (of != caller) {
            return RateLimitHeaders.policy(of.policy(), endpoint);
        }
        CharSequence known = policies[endpoint.ordinal()];
        if (known == null) {
            known = RateLimitHeaders.policy(of.policy(), endpoint);
            policies[endpoint.ordinal()] = known;
        }
        return known;
    }

    /** The consumer's address. Headers are looked at only where a trusted proxy connected, and read where they change. */
    PeerAddress consumer(HttpServerRequest request) {
        if (passesOn) {
            List<String> lines = request.headers().getAll(proxies.header().header());
            String says = lines.isEmpty() ? null : lines.size() == 1 ? lines.get(0) : String.join(",", lines);
            if (!Objects.equals(said, says)) {
                said = says;
                consumer = proxies.consumer(peer, says);
                address = null;
            }
        }
        return consumer;
    }

    /** The consumer's address as it is written. */
    String address(HttpServerRequest request) {
        PeerAddress from = consumer(request);
        if (address == null) {
            address = from.toString();
        }
        return address;
    }
}

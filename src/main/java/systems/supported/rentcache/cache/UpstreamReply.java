package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What came of a call to the upstream. */
public sealed interface UpstreamReply {
    /**
     * A whole answer that means something to the consumer.
     *
     * @param status     its status
     * @param headers    its headers, without those of the connection, those that we make ourselves, and cookies
     * @param body       its bytes
     * @param validators the upstream's validators
     * @param initialAge the upstream's {@code Age}, or zero
     * @param receivedAt when it was received
     * @param intact     false where a body that says it is JSON is not: such an answer is never kept
     * @param costMicros what it cost, in micro-dollars
     */
    record Answered(
            int status,
            List<Header> headers,
            Buffer body,
            Validators validators,
            Duration initialAge,
            Instant receivedAt,
            boolean intact,
            long costMicros) implements UpstreamReply {
    }

    /**
     * The answer that is kept still holds.
     *
     * @param receivedAt when the upstream said so
     */
    record NotModified(Instant receivedAt) implements UpstreamReply {
    }

    /**
     * An answer too large to be held: its body is passed on as it arrives.
     *
     * @param status     its status
     * @param headers    its headers, as in {@link Answered}
     * @param length     its announced length in bytes, or -1
     * @param body       the body; whoever receives this either takes or abandons it
     * @param costMicros what it cost, in micro-dollars
     */
    record Streaming(int status, List<Header> headers, long length, BodyRelay body, long costMicros)
            implements UpstreamReply {
    }

    /**
     * There is no answer.
     *
     * @param failure why
     */
    record Failed(UpstreamFailure failure) implements UpstreamReply {
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Where a body is sent as it arrives. Confined to one context. */
public interface BodySink {
    /** Sends a part. */
    void write(Buffer part);

    /** Whether more is held than should be. */
    boolean isFull();

    /** Has something run each time that there is room again. */
    void onDrained(Runnable then);

    /** Has something run when nobody takes the body any more; may be run more than once. */
    void onGone(Runnable then);

    /** Whether nobody takes the body any more. */
    boolean isGone();

    /** Says that the body is whole. */
    Future<Void> end();

    /** Says that the body is cut off. */
    void reset();
}

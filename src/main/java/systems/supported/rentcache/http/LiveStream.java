package systems.supported.rentcache.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import systems.supported.rentcache.live.Frame;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.peer.PeerAddress;

/**
 * One reader of the live feed. What it does not take in time waits in a bounded queue, the figures of the moment not at
 * all: later ones replace them. A reader who lets the queue fill, or takes nothing for half a minute, is cut off, and
 * counted; it can go on from the last id it has. Confined to one event loop.
 */
final class LiveStream {
    private static final int WRITE_QUEUE_BYTES = 64 << 10;
    private static final int MOST_WAITING = 2_000;
    private static final int HEARTBEAT_TICKS = 15;
    private static final int PATIENCE_TICKS = 30;
    /** A comment; it shows both sides that the connection is there. */
    private static final String HEARTBEAT = ": heartbeat\n\n";

    private final HttpServerResponse response;
    private final String presented;
    private final PeerAddress from;
    private final Metrics metrics;
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private Runnable onEnd = () -> { };
    private int silentTicks;
    private int fullTicks;
    private boolean ended;

    /**
     * A stream that is not begun.
     *
     * @param presented the value of the reader's key
     * @param from      the reader's address
     */
    LiveStream(HttpServerResponse response, String presented, PeerAddress from, Metrics metrics) {
        this.from = from;
        this.response = response;
        this.presented = presented;
        this.metrics = metrics;
    }

    /**
     * Begins with what the reader missed.
     *
     * @param onEnd run once, when the stream ends for whatever reason
     */
    void begin(List<Frame> missed, Runnable onEnd) {
        this.onEnd = onEnd;
        response.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        response.drainHandler(drained -> proceed());
        response.write(HEARTBEAT);
        waiting.addAll(missed);
        proceed();
    }

    /** The value of the reader's key. */
    String presented() {
        return presented;
    }

    /** The reader's address. */
    PeerAddress from() {
        return from;
    }

    /** Sends a frame, or keeps it until it can be sent. */
    void offer(Frame frame) {
        if (ended || frame.isSuperseded() && response.writeQueueFull()) {
            return;
        }
        if (waiting.size() >= MOST_WAITING) {
            cut();
            return;
        }
        waiting.add(frame);
        proceed();
    }

    private void proceed() {
        while (!ended && !waiting.isEmpty() && !response.writeQueueFull()) {
            silentTicks = 0;
            response.write(waiting.poll().text());
        }
    }

    /** A second has passed. */
    void tick() {
        fullTicks = response.writeQueueFull() ? fullTicks + 1 : 0;
        if (fullTicks >= PATIENCE_TICKS) {
            cut();
        } else if (fullTicks == 0 && ++silentTicks >= HEARTBEAT_TICKS) {
            silentTicks = 0;
            response.write(HEARTBEAT);
        }
    }

    private void cut() {
        if (leave()) {
            metrics.dropped("live-stream").increment();
            response.reset();
        }
    }

    /** Ends the stream; all that waits is dropped. */
    void end() {
        if (leave() && !response.closed()) {
            response.end();
        }
    }

    private boolean leave() {
        if (ended) {
            return false;
        }
        ended = true;
        waiting.clear();
        onEnd.run();
        return true;
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import systems.supported.rentcache.live.Frame;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.peer.PeerAddress;

/**
 * One reader of server-sent events. What it does not take in time waits in a bounded queue, the figures of the moment not
 * at all: later ones replace them. A reader who lets the queue fill, or takes nothing for half a minute, is cut off, and
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
    private final String kind;
    private final Deque<String> waiting = new ArrayDeque<>();
    private Runnable onEnd = () -> { };
    private Promise<Void> taken = Promise.promise();
    private int silentTicks;
    private int fullTicks;
    private boolean ended;

    /**
     * A stream that is not begun.
     *
     * @param presented the value of the reader's key
     * @param from      the reader's address
     * @param kind      as what it is counted when it is cut off
     */
    LiveStream(HttpServerResponse response, String presented, PeerAddress from, Metrics metrics, String kind) {
        this.from = from;
        this.kind = kind;
        this.response = response;
        this.presented = presented;
        this.metrics = metrics;
    }

    /**
     * Begins, with a comment that shows that it did.
     *
     * @param onEnd run once, when the stream ends for whatever reason
     */
    void begin(Runnable onEnd) {
        this.onEnd = onEnd;
        response.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        response.drainHandler(drained -> proceed());
        response.write(HEARTBEAT);
    }

    /**
     * Sends texts, however many they are: who calls it waits with more.
     *
     * @return completes once the reader took them; never where it does not
     */
    Future<Void> send(List<String> texts) {
        if (ended) {
            return Future.failedFuture("the stream has ended");
        }
        waiting.addAll(texts);
        taken = Promise.promise();
        Future<Void> done = taken.future();
        proceed();
        return done;
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
        waiting.add(frame.text());
        proceed();
    }

    private void proceed() {
        while (!ended && !waiting.isEmpty() && !response.writeQueueFull()) {
            silentTicks = 0;
            response.write(waiting.poll());
        }
        if (waiting.isEmpty()) {
            taken.tryComplete();
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
            metrics.dropped(kind).increment();
            response.reset();
        }
    }

    /** Ends the stream; all that waits is dropped. */
    void end() {
        if (leave() && !response.closed()) {
            response.end();
        }
    }

    /** Whether nothing is sent any more. */
    boolean isEnded() {
        return ended;
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

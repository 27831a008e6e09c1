package systems.supported.rentcache.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * A connection on which JSON objects travel, each behind its length in four bytes, most significant first. Both ways
 * are bounded: a frame that is too large or no JSON ends the connection, and so does a reader who does not keep up.
 * Confined to its event loop.
 */
final class FramedSocket {
    /** The largest frame that is read, in bytes. */
    static final int MOST_BYTES = 64 << 10;

    private static final int LENGTH_BYTES = 4;
    private static final int WRITE_QUEUE_BYTES = 64 << 10;
    private static final int MOST_WAITING = 2_000;
    private static final int PATIENCE_TICKS = 30;

    private final NetSocket socket;
    private final Consumer<JsonObject> reads;
    private final Runnable onCut;
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private final RecordParser parser;
    private boolean lengthIsNext = true;
    private boolean ended;
    private int fullTicks;

    /**
     * Begins to read.
     *
     * @param reads takes each frame
     * @param onCut told when the connection is ended because its reader did not keep up
     */
    FramedSocket(NetSocket socket, Consumer<JsonObject> reads, Runnable onCut) {
        this.socket = socket;
        this.reads = reads;
        this.onCut = onCut;
        this.parser = RecordParser.newFixed(LENGTH_BYTES, this::record);
        socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        socket.drainHandler(drained -> proceed());
        socket.handler(bytes -> {
            if (!ended) {
                parser.handle(bytes);
            }
        });
    }

    /** A frame as it is sent. */
    static Buffer frame(JsonObject json) {
        Buffer text = json.toBuffer();
        return Buffer.buffer(LENGTH_BYTES + text.length()).appendInt(text.length()).appendBuffer(text);
    }

    private void record(Buffer record) {
        if (ended) {
            return;
        }
        if (!lengthIsNext) {
            lengthIsNext = true;
            parser.fixedSizeMode(LENGTH_BYTES);
            read(record);
            return;
        }
        int length = record.getInt(0);
        if (length < 1 || length > MOST_BYTES) {
            end("frame_too_large");
        } else {
            lengthIsNext = false;
            parser.fixedSizeMode(length);
        }
    }

    private void read(Buffer text) {
        JsonObject frame;
        try {
            frame = text.toJsonObject();
        } catch (DecodeException | ClassCastException garbage) {
            end("malformed_frame");
            return;
        }
        reads.accept(frame);
    }

    /** Takes no more from the other side for now. */
    void pause() {
        socket.pause();
    }

    /** Takes from the other side again. */
    void resume() {
        socket.resume();
    }

    /** Sends a frame, or keeps it until it can be sent. */
    void send(Buffer frame) {
        if (ended) {
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
        while (!ended && !waiting.isEmpty() && !socket.writeQueueFull()) {
            socket.write(waiting.poll());
        }
    }

    /** A second has passed. */
    void tick() {
        fullTicks = socket.writeQueueFull() ? fullTicks + 1 : 0;
        if (fullTicks >= PATIENCE_TICKS) {
            cut();
        }
    }

    private void cut() {
        if (!ended) {
            onCut.run();
            end();
        }
    }

    /** Ends the connection, and says why. */
    void end(String fault) {
        if (!ended) {
            socket.write(frame(error(fault)));
            end();
        }
    }

    /** Ends the connection; what waits is dropped. */
    void end() {
        ended = true;
        waiting.clear();
        socket.close();
    }

    /** What says that something was not done. */
    static JsonObject error(String fault) {
        return new JsonObject().put("type", "err").put("message", fault);
    }
}

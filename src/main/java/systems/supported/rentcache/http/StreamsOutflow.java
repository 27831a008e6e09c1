package systems.supported.rentcache.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Predicate;

/**
 * What waits in the streams of a connection of HTTP/2 until its peer's window lets it go (RFC 9113 §5.2). A frame with
 * data that leaves shows that the peer takes something; other frames leave whatever it does.
 *
 * <p>Confined to the connection's event loop.
 */
final class StreamsOutflow extends ChannelOutboundHandlerAdapter {
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int TYPE_AT = 3;

    private final Http2Connection connection;
    private boolean waits;
    private long frames;
    private long framesSeen;
    private long takenAt;

    private StreamsOutflow(Http2Connection connection) {
        this.connection = connection;
    }

    /** The outflow of a connection's streams, which from now on looks at what leaves it. */
    static StreamsOutflow of(Http2ConnectionHandler http2, ChannelPipeline pipeline) {
        StreamsOutflow outflow = pipeline.get(StreamsOutflow.class);
        if (outflow == null) {
            outflow = new StreamsOutflow(http2.connection());
            pipeline.addBefore(pipeline.context(http2).name(), null, outflow);
        }
        return outflow;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        // Netty writes a frame's header by itself.
        if (message instanceof ByteBuf bytes && bytes.readableBytes() == FRAME_HEADER_BYTES
                && bytes.getByte(bytes.readerIndex() + TYPE_AT) == Http2FrameTypes.DATA) {
            frames++;
        }
        context.write(message, promise);
    }

    /** Whether an answer is not yet given as a whole. */
    boolean isOwed() {
        return anyStream(stream -> stream.state().localSideOpen());
    }

    /** When data was last seen to leave, or none waited. To be asked at each tick. */
    long lastTaken(long tick) {
        boolean waitsNow = anyStream(connection.remote().flowController()::hasFlowControlled);
        if (!waitsNow || !waits || frames != framesSeen) {
            takenAt = tick;
        }
        waits = waitsNow;
        framesSeen = frames;
        return takenAt;
    }

    private boolean anyStream(Predicate<Http2Stream> wanted) {
        try {
            return connection.forEachActiveStream(stream -> !wanted.test(stream)) != null;
        } catch (Http2Exception broken) {
            return false;
        }
    }
}

package systems.supported.rentcache.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * What a connection's peer takes of the bytes that wait for it. The kernel's own limit ({@code TCP_USER_TIMEOUT}) does
 * not see every peer that takes nothing: each byte that comes from it is a sign of life to the kernel. So what leaves
 * for the kernel is looked at, and of HTTP/2 also what its streams hold back. Vert.x does not tell; Netty, below it,
 * does.
 *
 * <p>Confined to the connection's event loop.
 */
final class Outflow {
    private final Channel channel;
    /** What HTTP/2 holds back; null on a connection of HTTP/1. */
    private final StreamsOutflow streams;
    private boolean waits;
    /** The message that is first to be taken, by its identity. */
    private int first;
    private long takenOfFirst;
    private long takenAt;

    private Outflow(Channel channel, StreamsOutflow streams) {
        this.channel = channel;
        this.streams = streams;
    }

    /** The outflow of a server's connection. */
    static Outflow of(HttpConnection connection) {
        ChannelHandlerContext place = ((HttpServerConnection) connection).channelHandlerContext();
        Http2ConnectionHandler http2 = place.pipeline().get(Http2ConnectionHandler.class);
        return new Outflow(place.channel(), http2 == null ? null : StreamsOutflow.of(http2, place.pipeline()));
    }

    /** Whether something waits to be taken, or, of HTTP/2, to be answered. */
    boolean isOwed() {
        ChannelOutboundBuffer ready = channel.unsafe().outboundBuffer();
        return ready != null && ready.totalPendingWriteBytes() > 0 || streams != null && streams.isOwed();
    }

    /** When something was last seen to be taken, or nothing waited. To be asked at each tick. */
    long lastTaken(long tick) {
        long taken = lastTakenByKernel(tick);
        return streams == null ? taken : Math.min(taken, streams.lastTaken(tick));
    }

    private long lastTakenByKernel(long tick) {
        ChannelOutboundBuffer ready = channel.unsafe().outboundBuffer();
        if (ready == null || ready.totalPendingWriteBytes() == 0) {
            waits = false;
            return tick;
        }
        // More may have been added in the meantime, so the number of bytes tells nothing.
        int firstNow = System.identityHashCode(ready.current());
        long takenNow = ready.currentProgress();
        if (!waits || firstNow != first || takenNow != takenOfFirst) {
            takenAt = tick;
        }
        waits = true;
        first = firstNow;
        takenOfFirst = takenNow;
        return takenAt;
    }

    /** Ends the connection; what waits is thrown away, by the kernel too. */
    void cutOff() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        // Below Vert.x and TLS, which would first have everything sent.
        channel.unsafe().close(channel.newPromise());
    }
}

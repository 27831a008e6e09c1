package systems.supported.rentcache.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * What a connection's peer takes of the bytes that wait for it. The kernel's own limit ({@code TCP_USER_TIMEOUT}) does
 * not see every peer that takes nothing: each byte that comes from it is a sign of life to the kernel. So what leaves
 * for the kernel is looked at. Vert.x does not tell; Netty, below it, does.
 *
 * <p>Confined to the connection's event loop.
 */
final class Outflow {
    private final ChannelHandlerContext place;
    private boolean waits;
    /** The message that is first to be taken, by its identity. */
    private int first;
    private long takenOfFirst;
    private long takenAt;

    private Outflow(ChannelHandlerContext place) {
        this.place = place;
    }

    /** The outflow of a server's connection of HTTP/1. */
    static Outflow of(HttpConnection connection) {
        return new Outflow(((HttpServerConnection) connection).channelHandlerContext());
    }

    /** Whether something waits to be taken. */
    boolean isOwed() {
        ChannelOutboundBuffer ready = place.channel().unsafe().outboundBuffer();
        return ready != null && ready.totalPendingWriteBytes() > 0;
    }

    /** When something was last seen to be taken, or nothing waited. To be asked at each tick. */
    long lastTaken(long tick) {
        ChannelOutboundBuffer ready = place.channel().unsafe().outboundBuffer();
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
        place.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        // Below Vert.x, which would first have everything sent.
        place.close();
    }
}

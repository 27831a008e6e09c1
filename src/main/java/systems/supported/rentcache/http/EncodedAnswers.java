package systems.supported.rentcache.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Lets answers leave a connection of HTTP/1.1 whose heads are bytes already. A head that goes through Vert.x is put into
 * a map and written out of it header by header, which takes a tenth of a hit's time. Here Vert.x ends the response as it
 * ends any other, and what it hands down to be encoded is exchanged for the bytes. It hands it down before {@code end}
 * returns, for the server's threads are strict ({@link io.vertx.core.http.HttpServerOptions#setStrictThreadMode}).
 *
 * <p>Confined to the connection's event loop.
 */
final class EncodedAnswers extends ChannelOutboundHandlerAdapter {
    /** Has Vert.x add no length of its own: it is in the bytes. */
    private static final MultiMap LENGTH_IS_KNOWN =
            HttpHeaders.headers().add(HttpHeaders.CONTENT_LENGTH, "0").copy(false);

    private final ChannelHandlerContext encoder;
    private MultiMap headers;
    private ByteBuf bytes;

    private EncodedAnswers(ChannelHandlerContext encoder) {
        this.encoder = encoder;
    }

    /** What lets them leave a new connection; null on one of HTTP/2, where the encoder compresses heads. */
    static EncodedAnswers of(HttpConnection connection) {
        ChannelPipeline pipeline = ((HttpServerConnection) connection).channelHandlerContext().pipeline();
        ChannelHandlerContext encoder = pipeline.context(HttpResponseEncoder.class);
        if (encoder == null) {
            return null;
        }
        EncodedAnswers answers = new EncodedAnswers(encoder);
        // Right before the encoder: what stands between it and Vert.x may count on seeing each response.
        pipeline.addAfter(encoder.name(), null, answers);
        return answers;
    }

    /** Whether a request's answer can leave here: nothing is said in its head yet, and Vert.x has nothing to add. */
    static boolean isFor(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && request.response().headers().isEmpty()
                // By this Vert.x knows that the connection stays open, of which it says nothing (RFC 9112 §9.3).
                && !request.headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
    }

    /**
     * Sends an answer.
     *
     * @param body the body; null where the answer has none
     */
    void send(HttpServerResponse response, HeadBytes head, Buffer body) {
        int size = head.length() + (body == null ? 0 : body.length());
        bytes = encoder.alloc().directBuffer(size, size);
        try {
            head.writeTo(bytes);
            if (body != null) {
                copy(((BufferInternal) body).getByteBuf());
            }
            headers = response.headers().setAll(LENGTH_IS_KNOWN);
            response.end();
        } finally {
            if (bytes != null) {
                // What Vert.x was given to end may come later, and is no answer.
                bytes.release();
                bytes = null;
                encoder.channel().close();
            }
        }
    }

    private void copy(ByteBuf body) {
        if (body.hasArray()) {
            // To copy one buffer into another Netty makes a view of each.
            bytes.writeBytes(body.array(), body.arrayOffset() + body.readerIndex(), body.readableBytes());
        } else {
            bytes.writeBytes(body);
        }
    }

    @Override
    public void write(ChannelHandlerContext place, Object message, ChannelPromise promise) {
        if (bytes != null && message instanceof FullHttpResponse response && response.headers() == headers) {
            ByteBuf answer = bytes;
            bytes = null;
            encoder.write(answer, promise);
        } else {
            place.write(message, promise);
        }
    }
}

package systems.supported.rentcache.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Writes a payload to a connection, as well or as badly as the faults say. On the event loop. */
final class FaultyResponse {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json; charset=utf-8");
    private static final int PIECES = 10;
    private static final int ANNOUNCED_IN_EXCESS = 1_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Faults faults;

    FaultyResponse(Vertx vertx, HttpServerRequest request, Faults faults) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.faults = faults;
    }

    void write(Payload payload) {
        if (response.closed()) {
            return;
        }
        headers(payload);
        Buffer body = payload.body();
        if (payload.status() != 200) {
            response.end(body);
        } else if (faults.disconnect()) {
            announce(body.length());
            response.write(body.getBuffer(0, body.length() / 2)).onComplete(written -> request.connection().close());
        } else if (faults.wrongContentLength()) {
            announce(body.length() + ANNOUNCED_IN_EXCESS);
            response.write(body).onComplete(written -> request.connection().close());
        } else if (faults.slowBodyMillis() > 0) {
            announce(body.length());
            dribble(body, 1);
        } else {
            response.end(body);
        }
    }

    private void headers(Payload payload) {
        response.setStatusCode(payload.status());
        if (payload.status() != 304) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        }
        if (payload.gzip()) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (payload.etag() != null) {
            response.putHeader(HttpHeaders.ETAG, payload.etag());
        }
        if (payload.totalCount() >= 0) {
            response.putHeader("X-Total-Count", String.valueOf(payload.totalCount()));
        }
        if (payload.status() >= 400 && faults.retryAfterSeconds() > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(faults.retryAfterSeconds()));
        }
    }

    private void announce(int bytes) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(bytes));
    }

    private void dribble(Buffer body, int piece) {
        if (response.closed()) {
            return;
        }
        Buffer next = body.getBuffer(end(body, piece - 1), end(body, piece));
        if (piece == PIECES) {
            response.end(next);
        } else {
            response.write(next);
            vertx.setTimer(Math.max(1, faults.slowBodyMillis() / (PIECES - 1)), later -> dribble(body, piece + 1));
        }
    }

    private static int end(Buffer body, int piece) {
        return (int) ((long) body.length() * piece / PIECES);
    }
}

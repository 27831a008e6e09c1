package systems.supported.rentcache.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;

/** Problem answers outside the API's paths, and to what is no proper request at all. */
final class Rejections {
    private static final long LINGER_MILLIS = 500;

    private Rejections() {
    }

    /** Sends a problem. */
    static void send(HttpServerResponse response, Problem problem) {
        response.setStatusCode(problem.status()).putHeader(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
        if (problem.retryAfterSeconds() > 0) {
            response.putHeader(Headers.RETRY_AFTER, Long.toString(problem.retryAfterSeconds()));
        }
        if (problem.members().containsKey("allowed")) {
            response.putHeader(Headers.ALLOW, problem.members().get("allowed").toString());
        }
        response.end(problem.toJson(null).toBuffer());
    }

    /** Refuses a request before it is known what it asks: it has no record among the usage, but is counted. */
    static void refuse(Metrics metrics, HttpServerResponse response, Problem problem) {
        metrics.refused(problem.reason()).increment();
        send(response, problem);
    }

    /** Answers what could not be read as a request, and closes the connection: what follows cannot be trusted. */
    static void invalid(Vertx vertx, Metrics metrics, HttpServerRequest request, Settings.Server options) {
        DecoderResult result = request.decoderResult();
        Throwable cause = result == null ? null : result.cause();
        Problem problem;
        if (cause instanceof TooLongHttpLineException) {
            problem = Problem.tooLarge(414, "first line", options.maxInitialLineBytes());
        } else if (cause instanceof TooLongHttpHeaderException) {
            problem = Problem.tooLarge(431, "headers", options.maxHeaderBytes());
        } else {
            problem = Problem.malformed("This is no proper HTTP request.");
        }
        closeAfterwards(vertx, request);
        refuse(metrics, request.response(), problem);
    }

    /**
     * Has a request's connection closed when the request is answered, and nothing that follows on it taken for a request.
     * Not at once, for a connection that is closed while the client still sends is reset, and the answer lost with it. Of
     * HTTP/2 there is nothing to close: its frames say where a request ends.
     */
    static void closeAfterwards(Vertx vertx, HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return;
        }
        ((HttpServerConnection) request.connection()).handler(following -> { }).invalidRequestHandler(following -> { });
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.response().endHandler(ended ->
                vertx.setTimer(LINGER_MILLIS, timer -> request.connection().close()));
    }
}

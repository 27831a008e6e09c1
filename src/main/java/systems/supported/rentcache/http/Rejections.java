package systems.supported.rentcache.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Problem answers outside the API's paths, and to what is no proper request at all. */
final class Rejections {
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

    /** Answers what could not be read as a request, and closes the connection: what follows cannot be trusted. */
    static void invalid(HttpServerRequest request, ServingOptions options) {
        DecoderResult result = request.decoderResult();
        Throwable cause = result == null ? null : result.cause();
        Problem problem;
        if (cause instanceof TooLongHttpLineException) {
            problem = Problem.tooLarge(414, "first line", options.maxRequestLineBytes());
        } else if (cause instanceof TooLongHttpHeaderException) {
            problem = Problem.tooLarge(431, "headers", options.maxHeaderBytes());
        } else {
            problem = Problem.malformed("This is no proper HTTP request.");
        }
        request.response().putHeader("Connection", "close");
        send(request.response(), problem);
        request.connection().close();
    }
}

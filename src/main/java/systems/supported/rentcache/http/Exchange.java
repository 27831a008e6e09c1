package systems.supported.rentcache.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.Quota;

/**
 * One request on its way: what is known of it so far. Confined to its connection's event loop.
 */
final class Exchange {
    final HttpServerRequest request;
    final HttpServerResponse response;
    final Context context;
    final ConnectionState connection;
    final long begunNanos;
    /** Milliseconds since 1970-01-01T00:00Z at which the request came in: the time of all decisions about it. */
    final long millis;

    Caller caller;
    /** The value by which the caller was presented; needed only where it is also the upstream key. */
    String presented;
    Question question;
    /** What the request asks of the cache, as far as its key may. */
    RequestDirectives directives;
    /** By what the near tier's answer is given. */
    CacheDecision decision;
    Admission admission;
    /** The calendar's day and month that the request was counted in. */
    Quota.Period period;
    /** Whether a usage record was left. */
    boolean recorded;
    private CharSequence id;

    Exchange(HttpServerRequest request, Context context, ConnectionState connection, long begunNanos, long millis) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.connection = connection;
        this.begunNanos = begunNanos;
        this.millis = millis;
    }

    /** The request's name in its answer and in the log; made when first asked for. */
    CharSequence id(RequestIds ids) {
        if (id == null) {
            id = ids.of(request.headers().get(Headers.X_REQUEST_ID));
        }
        return id;
    }

    boolean isHead() {
        return request.method() == HttpMethod.HEAD;
    }

    boolean isOriginal() {
        return question != null && question.dialect() == Question.Dialect.ORIGINAL;
    }

    /** Whether there is still somebody to answer, and no answer given. */
    boolean isOpen() {
        return !response.ended() && !response.closed();
    }

    int elapsedMicros() {
        return (int) Math.min(Integer.MAX_VALUE, (System.nanoTime() - begunNanos) / 1_000);
    }
}

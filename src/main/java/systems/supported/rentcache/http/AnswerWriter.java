package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.math.BigDecimal;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.http.Question.View;

/**
 * Writes answers: the one place where headers are put together. Confined to one event loop.
 */
final class AnswerWriter {
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int BAD_GATEWAY = 502;
    private static final int MULTIPLE_CHOICES = 300;

    private final RequestIds ids = new RequestIds();
    private final RateLimitHeaders rateLimits = new RateLimitHeaders();
    private final Origins origins;

    AnswerWriter(Origins origins) {
        this.origins = origins;
    }

    /**
     * Sends a whole answer, or says that the consumer has it already.
     *
     * @return the status that was sent
     */
    int answer(Exchange exchange, NearEntry entry, Provenance provenance) {
        Buffer comparables = null;
        if (exchange.question.view() == View.COMPARABLES && entry.answer().entry().status() == OK) {
            comparables = Comparables.of(entry.answer().body());
            if (comparables == null) {
                problem(exchange, Problem.upstreamBroken(), provenance.status());
                return BAD_GATEWAY;
            }
        }
        HttpServerResponse response = exchange.response;
        MultiMap requested = exchange.request.headers();
        MultiMap headers = response.headers();
        int status = entry.answer().entry().status();
        boolean whole = comparables == null;
        boolean gzip = whole && entry.hasGzip() && Negotiation.acceptsGzip(requested.get(Headers.ACCEPT_ENCODING));

        CharSequence[] fields = entry.fields();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        if (exchange.question.request().totalCountAsked() && entry.totalCount() != null) {
            headers.add(Headers.X_TOTAL_COUNT, entry.totalCount());
        }
        about(exchange, provenance);
        headers.add(Headers.VARY, Headers.VARY_BY_ENCODING);
        headers.add(Headers.CACHE_CONTROL, Headers.PRIVATE);
        if (whole) {
            headers.add(Headers.ETAG, gzip ? entry.gzipEtag() : entry.answer().entry().etag());
        }
        if (whole && status < MULTIPLE_CHOICES && Negotiation.isNotModified(
                entry, requested.get(Headers.IF_NONE_MATCH), requested.get(Headers.IF_MODIFIED_SINCE))) {
            headers.remove(Headers.CONTENT_TYPE);
            response.setStatusCode(NOT_MODIFIED).end();
            return NOT_MODIFIED;
        }
        response.setStatusCode(status);
        if (!whole) {
            end(exchange, comparables);
            return status;
        }
        if (gzip) {
            headers.add(Headers.CONTENT_ENCODING, Headers.GZIP);
        }
        headers.add(Headers.CONTENT_LENGTH, gzip ? entry.gzipLength() : entry.bodyLength());
        if (exchange.isHead()) {
            response.end();
        } else {
            response.end(gzip ? entry.answer().gzip() : entry.answer().body());
        }
        return status;
    }

    /** Sends an answer whose body arrives while it is sent. */
    void stream(Exchange exchange, LookupReply.Streaming streaming, Provenance provenance) {
        HttpServerResponse response = exchange.response.setStatusCode(streaming.status());
        response.headers().add(Headers.CACHE_CONTROL, Headers.PRIVATE);
        for (Header header : streaming.headers()) {
            boolean totalCount = header.name().equalsIgnoreCase("X-Total-Count");
            if (!totalCount || exchange.question.request().totalCountAsked()) {
                response.headers().add(header.name(), header.value());
            }
        }
        about(exchange, provenance);
        if (streaming.length() >= 0) {
            response.headers().set(Headers.CONTENT_LENGTH, Long.toString(streaming.length()));
        } else if (exchange.request.version() == HttpVersion.HTTP_1_0) {
            // It knows no chunks: the end of the connection is the end of the body.
            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        } else {
            response.setChunked(true);
        }
        if (exchange.isHead()) {
            streaming.body().abandon();
            response.end();
        } else {
            Future<Void> sent = streaming.body().sendTo(exchange.context, new ResponseSink(response));
            if (streaming.length() < 0 && exchange.request.version() == HttpVersion.HTTP_1_0) {
                sent.onComplete(done -> exchange.request.connection().close());
            }
        }
    }

    /** Sends a problem. */
    void problem(Exchange exchange, Problem problem) {
        problem(exchange, problem, null);
    }

    /**
     * Sends a problem.
     *
     * @param cacheStatus the value of {@code Cache-Status}, or null where the cache had no part in it
     */
    void problem(Exchange exchange, Problem problem, CharSequence cacheStatus) {
        HttpServerResponse response = exchange.response.setStatusCode(problem.status());
        MultiMap headers = response.headers();
        String id = common(exchange).toString();
        limits(exchange);
        headers.add(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
        if (cacheStatus != null) {
            headers.add(Headers.CACHE_STATUS, cacheStatus);
        }
        if (problem.retryAfterSeconds() > 0) {
            headers.add(Headers.RETRY_AFTER, Long.toString(problem.retryAfterSeconds()));
        }
        if (problem.status() == 401) {
            headers.add(Headers.WWW_AUTHENTICATE, "Bearer realm=\"RentCache\"");
        }
        if (problem.members().containsKey("allowed")) {
            headers.add(Headers.ALLOW, problem.members().get("allowed").toString());
        }
        original(exchange, false, 0);
        end(exchange, problem.toJson(id).toBuffer());
    }

    /** The request's name, for the log. */
    String idOf(Exchange exchange) {
        return exchange.id(ids).toString();
    }

    /** Sends JSON of our own making. */
    void json(Exchange exchange, int status, Buffer body) {
        exchange.response.setStatusCode(status).headers().add(Headers.CONTENT_TYPE, "application/json");
        common(exchange);
        original(exchange, false, 0);
        end(exchange, body);
    }

    private static void end(Exchange exchange, Buffer body) {
        exchange.response.headers().set(Headers.CONTENT_LENGTH, Integer.toString(body.length()));
        if (exchange.isHead()) {
            exchange.response.end();
        } else {
            exchange.response.end(body);
        }
    }

    private void about(Exchange exchange, Provenance provenance) {
        MultiMap headers = exchange.response.headers();
        headers.add(Headers.X_CACHE, provenance.cache());
        headers.add(Headers.CACHE_STATUS, provenance.status());
        headers.add(Headers.AGE, provenance.age());
        limits(exchange);
        common(exchange);
        if (!exchange.isOriginal()) {
            headers.add(Headers.X_ESTIMATED_COST, provenance.costMicros() == 0
                    ? Headers.NO_COST : estimatedCost(exchange.question.endpoint()));
        }
        original(exchange, provenance.isHit(), provenance.costMicros());
    }

    private void limits(Exchange exchange) {
        if (exchange.admission == null) {
            return;
        }
        Endpoint endpoint = exchange.question.endpoint();
        CharSequence policy = exchange.connection.policyOf(exchange.caller, endpoint);
        if (!policy.isEmpty()) {
            MultiMap headers = exchange.response.headers();
            headers.add(Headers.RATE_LIMIT, rateLimits.left(exchange.admission, endpoint));
            headers.add(Headers.RATE_LIMIT_POLICY, policy);
        }
    }

    private CharSequence common(Exchange exchange) {
        CharSequence id = exchange.id(ids);
        exchange.response.headers().add(Headers.X_REQUEST_ID, id);
        origins.allow(exchange.request, exchange.response);
        return id;
    }

    /** What the original Python program said of each answer. */
    private static void original(Exchange exchange, boolean hit, long costMicros) {
        if (!exchange.isOriginal()) {
            return;
        }
        MultiMap headers = exchange.response.headers();
        headers.add(Headers.X_CACHE_HIT, hit ? Headers.TRUE : Headers.FALSE);
        headers.add(Headers.X_RESPONSE_TIME_MS, Double.toString(exchange.elapsedMicros() / 100 / 10.0));
        if (costMicros != 0) {
            headers.add(Headers.X_ESTIMATED_COST, estimatedCost(exchange.question.endpoint()));
        }
    }

    private static String estimatedCost(Endpoint endpoint) {
        BigDecimal dollars = BigDecimal.valueOf(endpoint.estimatedCostMicros(), 6).stripTrailingZeros();
        return (dollars.scale() < 1 ? dollars.setScale(1) : dollars).toPlainString();
    }
}

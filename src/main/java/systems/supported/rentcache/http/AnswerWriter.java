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
import systems.supported.rentcache.cache.StoredAnswer;
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

    private final HeadBytes head = new HeadBytes();
    private final RequestIds ids = new RequestIds();
    private final RateLimitHeaders rateLimits = new RateLimitHeaders();
    private final Origins origins;

    /**
     * An answer as it is sent.
     *
     * @param length the body's, in bytes, as a header value
     * @param etag   null where only a part of the answer is sent, which has no tag
     */
    private record Form(Buffer body, CharSequence length, CharSequence etag, boolean isGzip) {
    }

    AnswerWriter(Origins origins) {
        this.origins = origins;
    }

    /**
     * Sends a whole answer, or says that the consumer has it already.
     *
     * @return the status that was sent
     */
    int answer(Exchange exchange, NearEntry entry, Provenance provenance) {
        Form form = form(exchange, entry);
        if (form == null) {
            problem(exchange, Problem.upstreamBroken(), provenance.status());
            return BAD_GATEWAY;
        }
        HttpServerResponse response = exchange.response;
        origins.allow(exchange.request, response);
        if (isKnown(exchange, entry, form)) {
            response.setStatusCode(NOT_MODIFIED);
            describe(exchange, entry, provenance, form, response.headers()::add);
            response.headers().remove(Headers.CONTENT_TYPE);
            response.end();
            return NOT_MODIFIED;
        }
        int status = entry.answer().entry().status();
        response.setStatusCode(status);
        EncodedAnswers encoded = status == OK ? exchange.connection.encodedAnswers(exchange.request) : null;
        HeaderSink headers = encoded == null ? response.headers()::add : head.begin();
        describe(exchange, entry, provenance, form, headers);
        if (form.isGzip()) {
            headers.add(Headers.CONTENT_ENCODING, Headers.GZIP);
        }
        headers.add(Headers.CONTENT_LENGTH, form.length());
        Buffer body = exchange.isHead() ? null : form.body();
        if (encoded != null) {
            encoded.send(response, head, body);
        } else if (body == null) {
            response.end();
        } else {
            response.end(body);
        }
        return status;
    }

    /** The form in which an exchange's consumer gets an answer; null where the answer has no such form. */
    private static Form form(Exchange exchange, NearEntry entry) {
        StoredAnswer answer = entry.answer();
        if (exchange.question.view() == View.COMPARABLES && answer.entry().status() == OK) {
            Buffer comparables = Comparables.of(answer.body());
            return comparables == null
                    ? null : new Form(comparables, Integer.toString(comparables.length()), null, false);
        }
        return entry.hasGzip() && Negotiation.acceptsGzip(exchange.request.headers().get(Headers.ACCEPT_ENCODING))
                ? new Form(answer.gzip(), entry.gzipLength(), entry.gzipEtag(), true)
                : new Form(answer.body(), entry.bodyLength(), answer.entry().etag(), false);
    }

    /** Whether the consumer has the answer already. */
    private static boolean isKnown(Exchange exchange, NearEntry entry, Form form) {
        MultiMap requested = exchange.request.headers();
        return form.etag() != null && entry.answer().entry().status() < MULTIPLE_CHOICES && Negotiation.isNotModified(
                entry, requested.get(Headers.IF_NONE_MATCH), requested.get(Headers.IF_MODIFIED_SINCE));
    }

    /** All headers but those of the body: a 304 has these, too. */
    private void describe(
            Exchange exchange, NearEntry entry, Provenance provenance, Form form, HeaderSink headers) {
        headers.addAll(entry.sharedHeaders());
        if (exchange.question.request().totalCountAsked() && entry.totalCount() != null) {
            headers.add(Headers.X_TOTAL_COUNT, entry.totalCount());
        }
        about(exchange, provenance, headers);
        headers.add(Headers.VARY, Headers.VARY_BY_ENCODING);
        headers.add(Headers.CACHE_CONTROL, Headers.PRIVATE);
        if (form.etag() != null) {
            headers.add(Headers.ETAG, form.etag());
        }
    }

    /** Sends an answer whose body arrives while it is sent. */
    void stream(Exchange exchange, LookupReply.Streaming streaming, Provenance provenance) {
        HttpServerResponse response = exchange.response.setStatusCode(streaming.status());
        origins.allow(exchange.request, response);
        response.headers().add(Headers.CACHE_CONTROL, Headers.PRIVATE);
        for (Header header : streaming.headers()) {
            boolean totalCount = header.name().equalsIgnoreCase("X-Total-Count");
            if (!totalCount || exchange.question.request().totalCountAsked()) {
                response.headers().add(header.name(), header.value());
            }
        }
        about(exchange, provenance, response.headers()::add);
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
        origins.allow(exchange.request, response);
        HeaderSink headers = response.headers()::add;
        String id = idOf(exchange);
        headers.add(Headers.X_REQUEST_ID, id);
        limits(exchange, headers);
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
        original(exchange, false, 0, headers);
        end(exchange, problem.toJson(id).toBuffer());
    }

    /** The request's name, for the log. */
    String idOf(Exchange exchange) {
        return exchange.id(ids).toString();
    }

    /** Sends JSON of our own making. */
    void json(Exchange exchange, int status, Buffer body) {
        origins.allow(exchange.request, exchange.response.setStatusCode(status));
        HeaderSink headers = exchange.response.headers()::add;
        headers.add(Headers.CONTENT_TYPE, "application/json");
        headers.add(Headers.X_REQUEST_ID, exchange.id(ids));
        original(exchange, false, 0, headers);
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

    private void about(Exchange exchange, Provenance provenance, HeaderSink headers) {
        headers.add(Headers.X_CACHE, provenance.cache());
        headers.add(Headers.CACHE_STATUS, provenance.status());
        headers.add(Headers.AGE, provenance.age());
        limits(exchange, headers);
        headers.add(Headers.X_REQUEST_ID, exchange.id(ids));
        if (!exchange.isOriginal()) {
            headers.add(Headers.X_ESTIMATED_COST, provenance.costMicros() == 0
                    ? Headers.NO_COST : estimatedCost(exchange.question.endpoint()));
        }
        original(exchange, provenance.isHit(), provenance.costMicros(), headers);
    }

    private void limits(Exchange exchange, HeaderSink headers) {
        if (exchange.admission == null) {
            return;
        }
        Endpoint endpoint = exchange.question.endpoint();
        CharSequence policy = exchange.connection.policyOf(exchange.caller, endpoint);
        if (!policy.isEmpty()) {
            headers.addPassing(Headers.RATE_LIMIT, rateLimits.left(exchange.admission, endpoint));
            headers.add(Headers.RATE_LIMIT_POLICY, policy);
        }
    }

    /** What the original Python program said of each answer. */
    private static void original(Exchange exchange, boolean hit, long costMicros, HeaderSink headers) {
        if (!exchange.isOriginal()) {
            return;
        }
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

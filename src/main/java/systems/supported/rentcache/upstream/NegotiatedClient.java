package systems.supported.rentcache.upstream;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;

/**
 * Gives requests to one of two clients, by the version of HTTP that the upstream turns out to speak.
 *
 * <p>A pool for HTTP/2 opens one connection and lets all that is asked meanwhile wait for it. Where that connection
 * turns out to be HTTP/1.1, they would go one after another. So the first call finds out, those that come meanwhile wait
 * for what it finds, and from then on a pool for HTTP/1.1 serves. The call that finds out has a connection beside that
 * pool's. Confined to one event loop.
 */
final class NegotiatedClient {
    private final HttpClient http2;
    private final HttpClient http1;
    /** Null while nothing is known. */
    private Future<HttpClient> chosen;

    /**
     * Nothing is known yet.
     *
     * @param http2 a client that offers HTTP/2 and takes HTTP/1.1; null where only the other is to be used
     * @param http1 a client for HTTP/1.1
     */
    NegotiatedClient(HttpClient http2, HttpClient http1) {
        this.http2 = http2;
        this.http1 = http1;
        this.chosen = http2 == null ? Future.succeededFuture(http1) : null;
    }

    /** A request on a connection of its own, or on one that is shared. */
    Future<HttpClientRequest> request(RequestOptions target) {
        if (chosen == null) {
            Future<HttpClientRequest> first = offer(target);
            chosen = first.map(request -> request.version() == HttpVersion.HTTP_2 ? http2 : http1);
            first.onFailure(unknownStill -> chosen = null);
            return first;
        }
        return chosen.compose(client -> client == http2 ? offer(target) : http1.request(target));
    }

    /** Closes every connection: what comes later fails. */
    Future<Void> close() {
        return http2 == null ? http1.close() : http2.close().eventually(http1::close);
    }

    /** An upstream that no longer takes HTTP/2 is found out as well. */
    private Future<HttpClientRequest> offer(RequestOptions target) {
        return http2.request(target).onSuccess(request -> {
            if (request.version() != HttpVersion.HTTP_2) {
                chosen = Future.succeededFuture(http1);
            }
        });
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * The dashboard at {@code /dashboard}. Its files hold nothing secret and are given to anybody; all that they show comes
 * from the admin API, with the key that is typed in.
 */
final class DashboardRoutes {
    private static final String ROOT = "/dashboard";
    /** What the page's address can end with besides: one name a tab. */
    private static final Set<String> TABS = Set.of("", "questions", "keys", "money", "events", "settings");

    /** Everything comes from this host, as a file of its own. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    /** Kept, but asked for again each time: a file that did not change costs an empty answer. */
    private static final String REVALIDATED = "no-cache";
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final Vertx vertx;
    private Future<DashboardFiles> files;

    DashboardRoutes(Vertx vertx) {
        this.vertx = vertx;
    }

    /** They are read, and compressed, when the first of them is asked for. */
    private Future<DashboardFiles> files() {
        if (files == null) {
            files = vertx.executeBlocking(DashboardFiles::load, false);
        }
        return files;
    }

    /** Adds the dashboard's paths. */
    void mount(Router router) {
        router.get(ROOT).method(HttpMethod.HEAD).handler(request -> serve(request, ""));
        router.get(ROOT + "/*").method(HttpMethod.HEAD).handler(
                request -> serve(request, request.normalizedPath().substring(ROOT.length() + 1)));
    }

    private void serve(RoutingContext request, String name) {
        files().onSuccess(all -> {
            DashboardFiles.File file = all.find(TABS.contains(name) ? DashboardFiles.PAGE : name);
            if (file == null) {
                request.next();
            } else if (!request.response().ended()) {
                send(request.request(), file);
            }
        }).onFailure(request::fail);
    }

    private static void send(HttpServerRequest request, DashboardFiles.File file) {
        String accepted = request.getHeader(Headers.ACCEPT_ENCODING);
        boolean gzip = accepted != null && accepted.contains("gzip");
        String etag = '"' + file.etag() + (gzip ? "-gzip" : "") + '"';
        HttpServerResponse response = request.response()
                .putHeader(Headers.ETAG, etag)
                .putHeader(Headers.VARY, Headers.VARY_BY_ENCODING)
                .putHeader(Headers.CACHE_CONTROL, REVALIDATED)
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin");
        String known = request.getHeader(Headers.IF_NONE_MATCH);
        if (known != null && known.contains(etag)) {
            response.setStatusCode(NOT_MODIFIED).end();
            return;
        }
        response.setStatusCode(OK).putHeader(Headers.CONTENT_TYPE, file.mediaType());
        if (gzip) {
            response.putHeader(Headers.CONTENT_ENCODING, Headers.GZIP);
        }
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader(Headers.CONTENT_LENGTH, Integer.toString((gzip ? file.gzip() : file.plain()).length()));
            response.end();
        } else {
            response.end(gzip ? file.gzip() : file.plain());
        }
    }
}

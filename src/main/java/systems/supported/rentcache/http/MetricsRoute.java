package systems.supported.rentcache.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import systems.supported.rentcache.analytics.AnswerTallies;
import systems.supported.rentcache.ops.Metrics;

/**
 * Answers {@code /metrics}: in Prometheus' text, and in the original program's JSON to who accepts that rather. Who may
 * ask is decided before.
 */
final class MetricsRoute implements Handler<RoutingContext> {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";

    private final Vertx vertx;
    private final Metrics metrics;
    private final AnswerTallies answers;

    MetricsRoute(Vertx vertx, Metrics metrics, AnswerTallies answers) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.answers = answers;
    }

    @Override
    public void handle(RoutingContext request) {
        boolean json = prefersJson(request);
        vertx.executeBlocking(() -> json ? json().encode() : metrics.scrape(), false)
                .onSuccess(text -> request.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, json ? JSON : PROMETHEUS)
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                        .end(text))
                .onFailure(request::fail);
    }

    /** Whether JSON is named before any text (RFC 9110 §12.5.1); who names neither is given text. */
    private static boolean prefersJson(RoutingContext request) {
        for (MIMEHeader accepted : request.parsedHeaders().accept()) {
            if (accepted.component().equals("application") && accepted.subComponent().equals("json")) {
                return accepted.weight() > 0;
            }
            if (accepted.component().equals("text") || accepted.component().equals("*")) {
                return false;
            }
        }
        return false;
    }

    private JsonObject json() {
        return answers.toJson().put("spent_micros", (long) metrics.moneySpent().count());
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The dashboard's files by their real routes, over an admin API that answers a scene's fixtures, of the contract's
 * shapes. What the dashboard looks like in each state is tested with it; that it works is tested with a real node.
 */
public final class AdminStub {
    /** The key that is let in. */
    public static final String KEY = "key-of-the-stub-0123456789abcdef";

    private final Vertx vertx;
    private final Scene scene;
    private final StubFigures figures;
    private final StubRecords records;
    private final Set<HttpServerResponse> streams = ConcurrentHashMap.newKeySet();
    private final List<String> resumed = new CopyOnWriteArrayList<>();
    private final AtomicInteger lastEvent = new AtomicInteger();
    private volatile boolean liveRefused;
    private HttpServer server;

    /** A stub of a scene, not started yet. */
    public AdminStub(Vertx vertx, Scene scene) {
        this.vertx = vertx;
        this.scene = scene;
        this.figures = new StubFigures(scene);
        this.records = new StubRecords(scene);
    }

    /** Listens on a port, or any with 0. */
    public Future<AdminStub> start(int port) {
        Router router = Router.router(vertx);
        new DashboardRoutes(vertx).mount(router);
        router.route("/admin/v1/*").handler(BodyHandler.create(false)).handler(this::admit);
        router.get("/admin/v1/now").handler(request -> json(request, 200, figures.now(Instant.now())));
        router.get("/admin/v1/live").handler(this::live);
        router.get("/admin/v1/usage").handler(this::usage);
        router.get("/admin/v1/nodes").handler(request ->
                json(request, 200, new JsonObject().put("items", figures.nodes(Instant.now()))));
        records.mount(router);
        server = vertx.createHttpServer().requestHandler(router);
        return server.listen(port, "127.0.0.1").map(this);
    }

    /** The page's address. */
    public String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/dashboard";
    }

    /** Ends all streams, and lets no new one begin until {@link #mendLive}. */
    public void cutLive() {
        liveRefused = true;
        streams.forEach(HttpServerResponse::reset);
    }

    /** Lets streams begin again. */
    public void mendLive() {
        liveRefused = false;
    }

    /** Sends an event to all who listen. */
    public void publish(String name, JsonObject body) {
        int id = lastEvent.incrementAndGet();
        streams.forEach(stream -> stream.write(event(name, body, id)));
    }

    /** The ids behind which streams were continued. */
    public List<String> resumed() {
        return resumed;
    }

    private void admit(RoutingContext request) {
        if (KEY.equals(request.request().getHeader("X-Api-Key"))) {
            request.next();
        } else {
            problem(request, 401, "This key is not known.");
        }
    }

    static void problem(RoutingContext request, int status, String detail) {
        request.response().setStatusCode(status).putHeader("Content-Type", "application/problem+json")
                .end(new JsonObject().put("type", "urn:rentcache:problem:stub").put("title", "Refused")
                        .put("status", status).put("detail", detail).toBuffer());
    }

    static void json(RoutingContext request, int status, JsonObject body) {
        request.response().setStatusCode(status).putHeader("Content-Type", "application/json").end(body.toBuffer());
    }

    private void live(RoutingContext request) {
        if (liveRefused) {
            problem(request, 503, "The stream is cut.");
            return;
        }
        String last = request.request().getHeader("Last-Event-ID");
        if (last != null) {
            resumed.add(last);
        }
        HttpServerResponse response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
        streams.add(response);
        response.write(event("now", figures.now(Instant.now()), lastEvent.incrementAndGet()));
        if (scene == Scene.BUSY || scene == Scene.BROKEN) {
            records.events(Instant.now()).forEach(event -> response.write(
                    event(event.getString("name"), event.getJsonObject("body"), lastEvent.incrementAndGet())));
        }
        long timer = vertx.setPeriodic(1_000, tick ->
                response.write(event("now", figures.now(Instant.now()), lastEvent.incrementAndGet())));
        response.exceptionHandler(failure -> { });
        response.closeHandler(closed -> {
            vertx.cancelTimer(timer);
            streams.remove(response);
        });
    }

    private static String event(String name, JsonObject body, int id) {
        return "id: " + id + "\nevent: " + name + "\ndata: " + body.encode() + "\n\n";
    }

    private void usage(RoutingContext request) {
        Instant to = time(request.queryParams().get("to"), Instant.now());
        Instant from = time(request.queryParams().get("from"), figures.beginning(Instant.now()));
        ChronoUnit unit = ChronoUnit.valueOf(request.queryParams().get("groupBy").toUpperCase(Locale.ROOT) + "S");
        int offset = Integer.parseInt(request.queryParams().get("offset"));
        List<Object> rows = figures.rows(from, to, unit).stream().skip(offset).limit(1_000).toList();
        json(request, 200, new JsonObject().put("from", from.toString()).put("to", to.toString())
                .put("groupBy", new JsonArray().add(request.queryParams().get("groupBy")))
                .put("rows", new JsonArray(rows)).put("total", new JsonObject()));
    }

    private static Instant time(String text, Instant otherwise) {
        return text == null ? otherwise : Instant.parse(text);
    }

    /** Serves the four scenes on ports from the one given on, to be looked at. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        int port = Integer.parseInt(arguments[0]);
        for (Scene scene : Scene.values()) {
            new AdminStub(vertx, scene).start(port + scene.ordinal()).onSuccess(stub ->
                    System.out.println(scene + " " + stub.url() + " key " + KEY));
        }
    }
}

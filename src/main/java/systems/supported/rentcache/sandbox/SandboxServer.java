package systems.supported.rentcache.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;

/**
 * A faithful Rentcast on 127.0.0.1 that costs nothing: Rentcast's paths under {@code /v1}, and under {@code /_sandbox}
 * its bill, the faults it is to have, and its clock. Its methods may be called from any thread.
 *
 * <p>The properties are synthetic and a function of the seed and the address; what changes with time does so at
 * midnight UTC of the sandbox's clock.
 */
public final class SandboxServer {
    /** The key that a sandbox accepts unless it is told otherwise. */
    public static final String API_KEY = "sandbox-key";

    private static final int LONGEST_REQUEST_LINE = 16 << 10;

    private final SandboxOptions options;
    private final SandboxClock clock;
    private final RateWindows rate;
    private final Meter meter = new Meter();
    private final FaultPlan plan = new FaultPlan();
    private final RentcastCalls calls;
    private final AdminApi admin = new AdminApi(this);
    private final HttpServer server;

    private SandboxServer(Vertx vertx, SandboxOptions options) {
        this.options = options;
        clock = new SandboxClock(options.clock());
        rate = new RateWindows(options.callsPerSecond());
        calls = new RentcastCalls(vertx, options, clock, meter, rate, plan);
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(options.port())
                        .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
                        .setHttp2ClearTextEnabled(false))
                .requestHandler(this::route);
    }

    /** Starts a sandbox. */
    public static Future<SandboxServer> start(Vertx vertx, SandboxOptions options) {
        SandboxServer sandbox = new SandboxServer(vertx, options);
        return sandbox.server.listen().map(sandbox);
    }

    private void route(HttpServerRequest request) {
        // A client that goes away is nothing to report.
        request.exceptionHandler(gone -> { });
        request.response().exceptionHandler(gone -> { });
        if (request.path() != null && request.path().startsWith("/_sandbox/")) {
            admin.handle(request);
        } else if (request.path() != null && request.path().startsWith("/v1/")) {
            calls.handle(request);
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.actualPort();
    }

    /** Stops listening and closes all connections, those of calls that hang too. */
    public Future<Void> close() {
        return server.close();
    }

    /** What Rentcast would have billed until now. */
    public Bill bill() {
        return meter.bill(options.pricePerCallMicros(), rate.mostPerSecond());
    }

    /** The faults in force. */
    public Faults faults() {
        return plan.inForce();
    }

    /** Sets what goes wrong from now on. A call that fails for its key or its rate is hit by no fault. */
    public void faults(Faults faults) {
        plan.set(faults);
    }

    /** The sandbox's time. */
    public Instant now() {
        return clock.instant();
    }

    /** Moves the sandbox's time on. */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /** Back to the start: nothing billed, no faults, the clock's own time, nobody near the rate's limit. */
    public void reset() {
        meter.reset();
        plan.set(Faults.NONE);
        clock.reset();
        rate.reset();
    }
}

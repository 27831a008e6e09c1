package systems.supported.rentcache.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a call under {@code /v1}: counted, admitted, hit by faults, worked out, billed, answered. On the event
 * loop, but for heavy work.
 */
final class RentcastCalls {
    private static final Logger LOG = LoggerFactory.getLogger(RentcastCalls.class);
    private static final int LARGEST_BODY_INLINE = 256 << 10;

    private final Vertx vertx;
    private final RentcastApi api;
    private final Set<String> apiKeys;
    private final SandboxClock clock;
    private final Meter meter;
    private final RateWindows rate;
    private final FaultPlan plan;

    RentcastCalls(Vertx vertx, SandboxOptions options, SandboxClock clock, Meter meter, RateWindows rate,
            FaultPlan plan) {
        this.vertx = vertx;
        this.api = new RentcastApi(options.seed());
        this.apiKeys = options.apiKeys();
        this.clock = clock;
        this.meter = meter;
        this.rate = rate;
        this.plan = plan;
    }

    void handle(HttpServerRequest request) {
        Route route = Route.of(request.path());
        meter.called(route == null ? null : route.endpoint());
        try {
            admit(request, route);
        } catch (RentcastError refusal) {
            send(request, route, Faults.NONE, Answer.of(refusal));
            return;
        }
        Faults faults = plan.next();
        if (faults.latencyMillis() > 0) {
            vertx.setTimer(faults.latencyMillis(), late -> answer(request, route, faults));
        } else {
            answer(request, route, faults);
        }
    }

    private void admit(HttpServerRequest request, Route route) {
        if (route == null) {
            throw RentcastError.notFound("There is nothing at this path.");
        }
        if (!request.method().equals(HttpMethod.GET)) {
            throw new RentcastError(405, "resource/method-not-allowed", "Only GET is allowed.");
        }
        String key = request.getHeader("X-Api-Key");
        if (key == null || !apiKeys.contains(key)) {
            throw new RentcastError(401, "auth/api-key-invalid", "The X-Api-Key is missing or not valid.");
        }
        // By the machine's own clock: the sandbox's may stand still, or leap.
        if (!rate.admit(key, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()))) {
            throw new RentcastError(429, "auth/rate-limit-exceeded", "Too many calls in a second.");
        }
    }

    private void answer(HttpServerRequest request, Route route, Faults faults) {
        if (faults.hang()) {
            return;
        }
        if (faults.status() > 0) {
            send(request, route, faults, Answer.of(RentcastError.onRequest(faults.status())));
            return;
        }
        Work work = work(request, route);
        if (work.heavy() || faults.bodyBytes() > LARGEST_BODY_INLINE) {
            String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
            String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
            vertx.executeBlocking(() -> Payload.of(done(work), faults, accepted, known), false)
                    .onSuccess(payload -> send(request, route, faults, payload));
        } else {
            send(request, route, faults, done(work));
        }
    }

    private Work work(HttpServerRequest request, Route route) {
        try {
            return api.ask(route, Parameters.parse(request.query()), clock.day());
        } catch (RuntimeException refused) {
            return new Work(false, () -> {
                throw refused;
            });
        }
    }

    /** The work's answer, whatever becomes of it. */
    private static Answer done(Work work) {
        try {
            return work.answer().get();
        } catch (RentcastError refusal) {
            return Answer.of(refusal);
        } catch (RuntimeException broken) {
            LOG.error("The sandbox could not work out an answer", broken);
            return Answer.of(new RentcastError(500, "server/error", "The sandbox could not work out an answer."));
        }
    }

    private void send(HttpServerRequest request, Route route, Faults faults, Answer answer) {
        send(request, route, faults, Payload.of(
                answer, faults, request.getHeader(HttpHeaders.ACCEPT_ENCODING),
                request.getHeader(HttpHeaders.IF_NONE_MATCH)));
    }

    private void send(HttpServerRequest request, Route route, Faults faults, Payload payload) {
        // Billed before it is sent, so that who has the answer finds it on the bill.
        if (payload.billed()) {
            meter.billed(route.endpoint());
        }
        new FaultyResponse(vertx, request, faults).write(payload);
    }
}

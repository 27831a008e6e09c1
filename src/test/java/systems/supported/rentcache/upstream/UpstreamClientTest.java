package systems.supported.rentcache.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.limits.Rate;

/** The connections of the calls: how many are opened and kept, and what version of HTTP they carry. */
class UpstreamClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PRICE = 30_000;
    private static SelfSignedCertificate certificate;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private int port;

    @BeforeAll
    static void makeCertificate() {
        certificate = SelfSignedCertificate.create("localhost");
    }

    @AfterAll
    static void deleteCertificate() {
        certificate.delete();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    /** A server that holds every request until the test answers it. */
    private void serve(HttpServerOptions options) {
        port = await(vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    opened.incrementAndGet();
                    open.add(connection);
                    connection.closeHandler(closed -> open.remove(connection));
                })
                .requestHandler(held::add)
                .listen(0, "localhost")).actualPort();
    }

    private static HttpServerOptions secure(boolean http2) {
        return new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()).setUseAlpn(http2);
    }

    private UpstreamClient client(String scheme, int connections, int idle) {
        UpstreamOptions options = new UpstreamOptions(
                URI.create(scheme + "://localhost:" + port + "/v1"), List.of(), PATIENCE, 0, connections, idle,
                Rate.parse("20/second"), 100, 1 << 20, PRICE);
        return new UpstreamClient(vertx, options, InstantSource.system(), certificate.trustOptions());
    }

    private Future<UpstreamReply> call(UpstreamClient client, Duration timeout) {
        CanonicalRequest question = new CanonicalRequest(null, CacheKey.of("{}"), "{}", "/properties/1", false);
        Promise<UpstreamReply> reply = Promise.promise();
        loop.runOnContext(go -> client
                .call(new UpstreamRequest(question, Validators.NONE, null, 1, false), new ConsumerKey("key"), timeout)
                .map(Ended::reply).onComplete(reply));
        return reply.future();
    }

    private List<Future<UpstreamReply>> calls(UpstreamClient client, int count) {
        List<Future<UpstreamReply>> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(call(client, PATIENCE));
        }
        return replies;
    }

    private HttpServerRequest next() {
        until("a request came", () -> !held.isEmpty());
        return held.remove();
    }

    private static void answer(HttpServerRequest request) {
        request.response().end("{}");
    }

    private static void assertAnswered(Future<UpstreamReply> reply) {
        assertThat(await(reply)).isInstanceOfSatisfying(UpstreamReply.Answered.class,
                answered -> assertThat(answered.body()).hasToString("{}"));
    }

    private static UpstreamFailure failure(Future<UpstreamReply> reply) {
        assertThat(await(reply)).isInstanceOf(UpstreamReply.Failed.class);
        return ((UpstreamReply.Failed) await(reply)).failure();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 10})
    void aBurstLeavesNoMoreConnectionsOpenThanAreToBeKept(int idle) {
        serve(new HttpServerOptions());
        UpstreamClient client = client("http", 10, idle);
        List<Future<UpstreamReply>> replies = calls(client, 30);
        until("as many calls are made as there may be connections", () -> held.size() == 10);
        assertThat(open).hasSize(10);
        for (int i = 0; i < 30; i++) {
            answer(next());
        }
        replies.forEach(UpstreamClientTest::assertAnswered);
        until("the rest is closed", () -> open.size() == idle);

        int before = opened.get();
        for (int i = 0; i < 5; i++) {
            Future<UpstreamReply> one = call(client, PATIENCE);
            answer(next());
            assertAnswered(one);
        }
        assertThat(opened.get() - before).as("opened for calls one after another").isEqualTo(idle == 0 ? 5 : 0);
        until("nothing more is open", () -> open.size() == idle);
    }

    @Test
    void whereHttp2IsOfferedAllCallsShareOneConnection() {
        serve(secure(true));
        UpstreamClient client = client("https", 20, 0);
        List<Future<UpstreamReply>> replies = calls(client, 20);
        until("all are under way at once", () -> held.size() == 20);
        held.forEach(request -> assertThat(request.version()).isEqualTo(HttpVersion.HTTP_2));
        held.forEach(UpstreamClientTest::answer);
        replies.forEach(UpstreamClientTest::assertAnswered);
        assertThat(opened).hasValue(1);
    }

    @Test
    void overHttp2NoMoreCallsAreMadeAtOnceThanThereMayBeConnections() {
        serve(secure(true));
        List<Future<UpstreamReply>> replies = calls(client("https", 3, 3), 12);
        Set<HttpServerRequest> seen = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            until("three calls are made", () -> held.size() >= 3);
            assertThat(held).hasSize(3);
            for (int j = 0; j < 3; j++) {
                HttpServerRequest one = next();
                seen.add(one);
                vertx.runOnContext(later -> answer(one));
            }
        }
        replies.forEach(UpstreamClientTest::assertAnswered);
        assertThat(seen).hasSize(12);
        assertThat(opened).hasValue(1);
    }

    @Test
    void anHttpsUpstreamWithoutHttp2GetsHttp11() {
        serve(secure(false));
        UpstreamClient client = client("https", 4, 2);
        List<Future<UpstreamReply>> replies = calls(client, 9);
        // The call that found it out has a connection beside the pool's.
        until("as many calls are made as there may be connections", () -> held.size() == 1 + 4);
        held.forEach(request -> assertThat(request.version()).isEqualTo(HttpVersion.HTTP_1_1));
        assertThat(open).hasSize(1 + 4);
        for (int i = 0; i < 9; i++) {
            answer(next());
        }
        replies.forEach(UpstreamClientTest::assertAnswered);
        until("the rest is closed", () -> open.size() == 2);
        replies = calls(client, 8);
        until("as many calls are made as there may be connections", () -> held.size() == 4);
        for (int i = 0; i < 8; i++) {
            answer(next());
        }
        replies.forEach(UpstreamClientTest::assertAnswered);
    }

    @ParameterizedTest
    @CsvSource({"7, UNREACHABLE, 0", "2, BROKEN, 30000", "8, BROKEN, 30000"})
    void aStreamThatIsResetIsACallThatFailed(long code, Kind kind, long cost) {
        serve(secure(true));
        UpstreamClient client = client("https", 5, 5);
        List<Future<UpstreamReply>> replies = calls(client, 2);
        HttpServerRequest other = next();
        next().response().reset(code);
        until("one is told", () -> replies.stream().anyMatch(Future::isComplete));
        answer(other);
        Future<UpstreamReply> failed = replies.stream()
                .filter(reply -> await(reply) instanceof UpstreamReply.Failed).findFirst().orElseThrow();
        assertThat(failure(failed).kind()).isEqualTo(kind);
        assertThat(failure(failed).costMicros()).isEqualTo(cost);
        assertThat(replies.stream().filter(reply -> await(reply) instanceof UpstreamReply.Answered)).hasSize(1);
        assertThat(opened).hasValue(1);
    }

    @Test
    void aStreamThatIsResetWithinItsBodyIsABrokenAnswer() {
        serve(secure(true));
        Future<UpstreamReply> reply = call(client("https", 5, 5), PATIENCE);
        HttpServerRequest request = next();
        await(request.response().putHeader("Content-Length", "100").write("{"));
        request.response().reset(2);
        assertThat(failure(reply).kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure(reply).costMicros()).isEqualTo(PRICE);
    }

    @Test
    void afterATimeOutFurtherCallsGetAnotherConnectionAndThoseUnderWayGoOn() {
        serve(secure(true));
        UpstreamClient client = client("https", 5, 5);
        Future<UpstreamReply> underWay = call(client, PATIENCE);
        HttpServerRequest first = next();
        Future<UpstreamReply> late = call(client, Duration.ofMillis(200));
        assertThat(failure(late).kind()).isEqualTo(Kind.TIMED_OUT);
        next();

        Future<UpstreamReply> further = call(client, PATIENCE);
        HttpServerRequest second = next();
        assertThat(second.connection()).isNotSameAs(first.connection());
        answer(second);
        assertAnswered(further);
        answer(first);
        assertAnswered(underWay);
        until("the silent connection is closed", () -> open.size() == 1);
    }

    @Test
    void anUpstreamWithACertificateOfNobodysIsNotSpokenTo() {
        serve(secure(true));
        UpstreamOptions options = new UpstreamOptions(
                URI.create("https://localhost:" + port + "/v1"), List.of(), PATIENCE, 0, 5, 5,
                Rate.parse("20/second"), 100, 1 << 20, PRICE);
        UpstreamClient distrusting = new UpstreamClient(vertx, options, InstantSource.system());
        assertThat(failure(call(distrusting, PATIENCE)).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(held).isEmpty();
    }
}

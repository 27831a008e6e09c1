package systems.supported.rentcache.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.Await;
import systems.supported.rentcache.config.Secret;

/** Requests to webhooks over TLS, and to addresses where nobody may be asked. */
class WebhookSenderTest {
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static Vertx vertx;
    private static SelfSignedCertificate certificate;
    private static HttpServer server;

    @BeforeAll
    static void listen() {
        vertx = Vertx.vertx();
        certificate = SelfSignedCertificate.create("localhost");
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> {
                    ASKED.incrementAndGet();
                    request.response().setStatusCode(202).end(request.getHeader("Host"));
                });
        Await.await(server.listen(0, "127.0.0.1"));
    }

    @AfterAll
    static void close() {
        Await.await(vertx.close());
        certificate.delete();
    }

    private static WebhookSender.Sent sent(String url, TrustOptions trust) {
        WebhookSender sender = new WebhookSender(
                vertx, new WebhookTarget(false, false), new WebhookSecrets(new Secret("master")),
                Duration.ofSeconds(10), InstantSource.system(), trust);
        return Await.await(sender.send(new Webhook(
                1, URI.create(url), Set.of("cache.miss"), false, new Webhook.Generation(1, Instant.EPOCH), Instant.EPOCH,
                "", 0, 0, Instant.EPOCH, null, null), new JsonArray()));
    }

    private static String url(String host) {
        return "https://" + host + ":" + server.actualPort() + "/hook";
    }

    @Test
    void theCertificateHasToBeTrustedAndToBeThatOfTheHostsName() {
        WebhookSender.Sent trusted = sent(url("localhost"), certificate.trustOptions());
        assertThat(trusted.fault()).isNull();
        assertThat(trusted.status()).isEqualTo(202);
        int asked = ASKED.get();
        assertThat(sent(url("localhost"), null).isDelivered()).isFalse();
        assertThat(sent(url("127.0.0.1"), certificate.trustOptions()).isDelivered())
                .as("it is connected by its address, but known by its name").isFalse();
        assertThat(ASKED).hasValue(asked);
    }

    @Test
    void whereNobodyMayBeAskedOrNobodyListensNothingIsDelivered() {
        assertThat(sent("https://169.254.169.254/latest", null).fault()).contains("WEBHOOK_LINK_LOCAL");
        assertThat(sent("https://host.invalid/", null).fault()).isEqualTo("Its host is not known.");
        assertThat(sent("https://127.0.0.1:1/", null).status()).isZero();
    }
}

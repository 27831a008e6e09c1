package systems.supported.rentcache.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.config.HostPort;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.config.Settings;

/** The event bus between members: encrypted, each with a certificate of its own, on the ports that it is given. */
class ClusteredVertxTest {
    private static final Optional<String> HERE = Optional.of("127.0.0.1");

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static int freePort() throws Exception {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return Math.min(probe.getLocalPort(), 65_000);
        }
    }

    private static Settings.Cluster settings(int port, int busPort, SelfSignedCertificate certificate)
            throws Exception {
        Settings.BusTls tls = new Settings.BusTls(
                Path.of(certificate.certificatePath()), Path.of(certificate.privateKeyPath()),
                Path.of(certificate.certificatePath()));
        return new Settings.Cluster(
                true, Role.ALL, "test-" + port,
                List.of(new HostPort("127.0.0.1", Optional.of(port))), Optional.empty(), false, HERE,
                port, busPort, 4, Optional.empty(), Optional.empty(), Optional.of(tls));
    }

    private static Vertx member(Settings.Cluster settings) throws Exception {
        return await(ClusteredVertx.join(
                Vertx.builder().with(ClusteredVertx.options(new VertxOptions().setEventLoopPoolSize(1), settings)),
                settings));
    }

    @Test
    void membersSpeakTlsWhichNobodyElseIsLetInto() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("127.0.0.1");
        int busPort = freePort();
        Settings.Cluster settings = settings(freePort(), busPort, certificate);
        Vertx one = member(settings);
        Vertx other = member(settings);
        try {
            CompletableFuture<String> heard = new CompletableFuture<>();
            await(other.eventBus().<String>consumer("here").handler(message -> heard.complete(message.body())).completion());
            one.eventBus().send("here", "a word");
            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("a word");

            CompletableFuture<Boolean> shut = new CompletableFuture<>();
            one.createNetClient(new NetClientOptions().setSsl(true).setTrustAll(true)
                            .setHostnameVerificationAlgorithm(""))
                    .connect(busPort, "127.0.0.1")
                    .onSuccess(socket -> {
                        socket.exceptionHandler(refused -> { });
                        socket.closeHandler(closed -> shut.complete(true));
                    })
                    .onFailure(refused -> shut.complete(true));
            assertThat(shut.get(10, TimeUnit.SECONDS)).as("without a certificate").isTrue();
        } finally {
            await(other.close());
            await(one.close());
            certificate.delete();
        }
    }

    @Test
    void theFirstFreePortOfARangeIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThat(FreePort.of(HERE, port, 1)).isEmpty();
            assertThat(FreePort.of(HERE, port, 20).orElseThrow()).isBetween(port + 1, port + 19);
        }
        assertThat(FreePort.of(HERE, 0, 1)).isEqualTo(OptionalInt.of(0));
    }
}

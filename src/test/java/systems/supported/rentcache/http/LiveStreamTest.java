package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.live.Frame;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.peer.PeerAddress;

/** A stream over a real connection, with its seconds told by the test. */
class LiveStreamTest {
    private static final int SECONDS_TO_A_HEARTBEAT = 15;
    private static final int SECONDS_OF_PATIENCE = 30;

    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final CompletableFuture<LiveStream> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private HttpServer server;
    private Context context;
    private Socket client;

    @BeforeEach
    void open() throws IOException {
        server = await(vertx.createHttpServer().requestHandler(request -> {
            context = vertx.getOrCreateContext();
            LiveStream stream = new LiveStream(request.response().setChunked(true), "any",
                    PeerAddress.parse("127.0.0.1").orElseThrow(), metrics, "live-stream");
            stream.begin(() -> ended.complete(null));
            opened.complete(stream);
        }).listen(0, "127.0.0.1"));
        client = new Socket();
        client.setReceiveBufferSize(4_096);
        client.setSoTimeout(10_000);
        client.connect(new InetSocketAddress("127.0.0.1", server.actualPort()));
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        await(vertx.close());
    }

    private void pass(int seconds) {
        context.runOnContext(here -> {
            for (int i = 0; i < seconds; i++) {
                opened.join().tick();
            }
        });
    }

    private void offer(Frame frame) {
        context.runOnContext(here -> opened.join().offer(frame));
    }

    private double cut() {
        return metrics.dropped("live-stream").count();
    }

    @Test
    void aStreamInWhichNothingHappensHasHeartbeats() throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        next(lines, ": heartbeat");
        pass(SECONDS_TO_A_HEARTBEAT - 1);
        offer(new Frame("a-1", "now", "{}"));
        next(lines, "event: now");
        pass(SECONDS_TO_A_HEARTBEAT - 1);
        offer(new Frame("a-2", "now", "{}"));
        assertThat(next(lines, "id: a-2")).as("it was not silent for long enough").doesNotContain("heartbeat");
        pass(SECONDS_TO_A_HEARTBEAT);
        next(lines, ": heartbeat");
        assertThat(cut()).isZero();
    }

    /** Reads up to a line; what came before it. */
    private static String next(BufferedReader lines, String wanted) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = lines.readLine(); !wanted.equals(line); line = lines.readLine()) {
            assertThat(line).as("the connection is open").isNotNull();
            before.append(line).append('\n');
        }
        return before.toString();
    }

    @Test
    void aReaderWhoTakesNothingForHalfAMinuteIsCut() {
        opened.join();
        for (int i = 0; i < 500; i++) {
            offer(new Frame("a-" + i, "cache.miss", "x".repeat(50_000)));
        }
        pass(SECONDS_OF_PATIENCE - 1);
        offer(new Frame("a-500", "now", "{}"));
        assertThat(ended).isNotDone();
        assertThat(cut()).isZero();
        pass(1);
        until("it is cut", ended::isDone);
        assertThat(cut()).isEqualTo(1);
        pass(SECONDS_OF_PATIENCE);
        offer(new Frame("a-501", "cache.miss", "{}"));
        assertThat(cut()).as("it is counted once").isEqualTo(1);
    }
}

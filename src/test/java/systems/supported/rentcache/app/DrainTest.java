package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.app.Node.Answer;
import systems.supported.rentcache.sandbox.Faults;

/** A node that stops while it is asked. */
class DrainTest {
    private static final String TARGET = "/v1/properties?zipCode=78244&limit=1";
    private static final String QUESTION = "GET " + TARGET + " HTTP/1.1\r\nHost: here\r\nX-Api-Key: " + Node.ADMIN
            + "\r\n\r\n";

    @TempDir
    private Path directory;

    @Test
    void itAnswersUntilItIsKnownThatItWantsNoMoreAndEachAnswerIsTheLastOnItsConnection() throws IOException {
        Node node = Node.in(directory).with("SHUTDOWN_DRAIN", "4s").start();
        node.get(TARGET);
        try (RawConnection kept = new RawConnection(node.port()).send(QUESTION)) {
            kept.skip("HTTP/1.1 200 OK");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(node::stop);
            Node.until("it says that it wants no more", () -> node.send("GET", "/health/ready", null).status() == 503);
            while (!saysThatItIsTheLast(kept)) {
                // The event loops learn of the stop a moment after the health check does.
            }
            assertThat(kept.rest()).doesNotContain("HTTP/1.1");
            assertThat(stopped).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    /** Asks, and reads the answer up to its body. */
    private static boolean saysThatItIsTheLast(RawConnection kept) throws IOException {
        kept.send(QUESTION).skip("HTTP/1.1 200 OK\r\n");
        boolean last = false;
        for (String line = kept.line(); !line.isEmpty(); line = kept.line()) {
            last |= line.equalsIgnoreCase("connection: close");
        }
        return last;
    }

    @Test
    void whatIsUnderWayIsAnsweredWithoutADrainToo() {
        Node node = Node.in(directory).start();
        node.sandbox().faults(new Faults(1_000, 0, 0, false, false, false, 0, false, 0, 0, 0, false));
        CompletableFuture<Answer> asked = node.sendAsync(TARGET);
        Node.until("the call is out", () -> node.bill().calls() == 1);
        node.stop();
        assertThat(asked.join().status()).isEqualTo(200);
        assertThat(asked.join().header("Connection")).isEqualTo("close");
    }
}

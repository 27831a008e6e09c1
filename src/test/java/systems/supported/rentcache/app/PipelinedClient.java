package systems.supported.rentcache.app;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Asks very many requests on few connections, and costs the machine little beside what it asks: requests are sent in
 * batches, and answers read in their order. It understands answers with a length only.
 */
final class PipelinedClient {
    private static final int CONNECTIONS = 16;
    private static final int BATCH = 25;
    private static final int SILENCE_MILLIS = 60_000;
    private static final long PATIENCE_SECONDS = 180;

    private PipelinedClient() {
    }

    /**
     * A request.
     *
     * @param head its lines without the empty one at the end, each with its line end
     * @param body its body, or empty
     */
    record Request(String head, String body) {
        byte[] bytes() {
            String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
            return (head + length + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean isHead() {
            return head.startsWith("HEAD ");
        }
    }

    /**
     * An answer.
     *
     * @param cache its {@code X-Cache}, or null
     */
    record Reply(int status, String cache, byte[] body) {
    }

    /** The answers to requests, in their order; which is asked when, and on which connection, is left to chance. */
    static Reply[] ask(int port, List<Request> requests) {
        Reply[] replies = new Reply[requests.size()];
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            CompletableFuture.allOf(IntStream.range(0, CONNECTIONS).mapToObj(i -> CompletableFuture.runAsync(
                    () -> ask(port, requests, next, replies), threads)).toArray(CompletableFuture[]::new))
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        } finally {
            threads.shutdownNow();
        }
        return replies;
    }

    private static void ask(int port, List<Request> requests, AtomicInteger next, Reply[] replies) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), SILENCE_MILLIS);
            socket.setSoTimeout(SILENCE_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            for (int first = next.getAndAdd(BATCH); first < replies.length; first = next.getAndAdd(BATCH)) {
                int end = Math.min(first + BATCH, replies.length);
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int i = first; i < end; i++) {
                    batch.writeBytes(requests.get(i).bytes());
                }
                socket.getOutputStream().write(batch.toByteArray());
                for (int i = first; i < end; i++) {
                    replies[i] = read(in, requests.get(i).isHead());
                }
            }
        } catch (IOException failed) {
            throw new AssertionError("a connection failed", failed);
        }
    }

    private static Reply read(InputStream in, boolean head) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        int length = 0;
        String cache = null;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            } else if (lower.startsWith("x-cache:")) {
                cache = line.substring(8).strip();
            }
        }
        byte[] body = in.readNBytes(head || status == 304 ? 0 : length);
        return new Reply(status, cache, body);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("closed in the middle of an answer");
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }
}

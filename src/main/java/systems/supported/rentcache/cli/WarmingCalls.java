package systems.supported.rentcache.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import systems.supported.rentcache.transfer.Progress;

/**
 * Questions asked of a running server, a few at a time, as any consumer asks them: budgets, pace and flights are the
 * server's. Used once, by one thread.
 */
final class WarmingCalls {
    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A limit that is over within so long is waited for. */
    private static final int LONGEST_WAIT_SECONDS = 90;
    private static final Duration LONGEST_TURN = Duration.ofMinutes(10);
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int PAYMENT_REQUIRED = 402;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    /** What is stale does not do, and is not given in place of an answer that cannot be fetched. */
    private static final String FRESH_ONLY = "max-stale=0";

    private final HttpClient client;
    private final String server;
    private final String key;
    private volatile boolean stopping;

    /** What came of one question. */
    private sealed interface Reply {
        /** An answer of so many bytes; {@code paid} where it cost a call. */
        record Answered(boolean paid, int bytes) implements Reply {
        }

        /** None. */
        record Failed(String why) implements Reply {
        }

        /** None, and further ones would fare no better. */
        record Stopped(String why) implements Reply {
        }

        /** It was not asked. */
        record Left() implements Reply {
        }
    }

    /**
     * Calls that are not made yet.
     *
     * @param server the server's address, without a slash at its end
     * @param key    the key to ask with
     */
    WarmingCalls(HttpClient client, String server, String key) {
        this.client = client;
        this.server = server;
        this.key = key;
    }

    /**
     * Asks all of them, or as many as there are until the server says that it is of no use.
     *
     * @param requests paths with their queries
     */
    Warmed ask(List<String> requests, Progress progress) throws InterruptedException {
        ExecutorService lanes = Executors.newFixedThreadPool(AT_ONCE);
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        progress.begin(requests.size());
        try {
            requests.forEach(request -> lanes.execute(() -> replies.add(ask(request))));
            Warmed.Tally tally = new Warmed.Tally();
            for (int i = 0; i < requests.size(); i++) {
                note(replies.take(), tally, progress);
            }
            return tally.total();
        } finally {
            progress.end();
            lanes.shutdownNow();
        }
    }

    private static void note(Reply reply, Warmed.Tally tally, Progress progress) {
        if (reply instanceof Reply.Answered done) {
            tally.answered(done.paid);
            progress.moved(1, done.bytes);
        } else if (reply instanceof Reply.Failed failed) {
            tally.failed(failed.why);
            progress.moved(1, 0);
        } else {
            tally.left(reply instanceof Reply.Stopped stop ? stop.why : null);
        }
    }

    private Reply ask(String request) {
        try {
            long begun = System.nanoTime();
            while (!stopping) {
                HttpResponse<byte[]> response = client.send(
                        HttpRequest.newBuilder(URI.create(server + request))
                                .timeout(PATIENCE)
                                .header("X-Api-Key", key)
                                .header("Cache-Control", FRESH_ONLY)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                long wait = response.headers().firstValueAsLong("Retry-After").orElse(Long.MAX_VALUE);
                if (response.statusCode() != TOO_MANY || wait > LONGEST_WAIT_SECONDS) {
                    return reply(response);
                }
                if (System.nanoTime() - begun > LONGEST_TURN.toNanos()) {
                    return new Reply.Failed(said(response));
                }
                Thread.sleep(Duration.ofSeconds(Math.max(1, wait)).toMillis());
            }
            return new Reply.Left();
        } catch (IOException e) {
            return stop("The server does not answer any more.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Left();
        } catch (RuntimeException e) {
            return new Reply.Failed("A request could not be made: " + e.getMessage());
        }
    }

    private Reply reply(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == OK || status == NOT_FOUND && response.headers().firstValue("X-Cache").isPresent()) {
            boolean cost = response.headers().firstValue("X-Estimated-Cost").filter(text -> !isZero(text)).isPresent();
            return new Reply.Answered(cost, response.body().length);
        }
        return switch (status) {
            case UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN, TOO_MANY -> stop(said(response));
            default -> new Reply.Failed(said(response));
        };
    }

    private Reply stop(String why) {
        stopping = true;
        return new Reply.Stopped(why);
    }

    private static boolean isZero(String amount) {
        return amount.matches("[0.]+");
    }

    private static String said(HttpResponse<byte[]> response) {
        try {
            String detail = new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).getString("detail");
            if (detail != null) {
                return detail;
            }
        } catch (DecodeException | ClassCastException notAProblem) {
            // The status has to do.
        }
        return "The answer had the status " + response.statusCode() + ".";
    }
}

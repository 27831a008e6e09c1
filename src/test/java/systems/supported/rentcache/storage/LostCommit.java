package systems.supported.rentcache.storage;

import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A way to a PostgreSQL server that is cut once, after a transaction was committed and before its client hears of it.
 */
public final class LostCommit implements AutoCloseable {
    private final String statement;
    private final NetClient client;
    private final NetServer server;
    private final AtomicBoolean done = new AtomicBoolean();

    private LostCommit(Vertx vertx, int port, String statement) {
        this.statement = statement;
        this.client = vertx.createNetClient();
        this.server = await(vertx.createNetServer()
                .connectHandler(near -> {
                    near.pause();
                    client.connect(port, "127.0.0.1").onSuccess(far -> join(near, far)).onFailure(away -> near.close());
                })
                .listen(0, "127.0.0.1"));
    }

    /**
     * A way that is open.
     *
     * @param port      the server's
     * @param statement a part of a statement of the transaction, in the letters in which it is sent
     */
    public static LostCommit of(Vertx vertx, int port, String statement) {
        return new LostCommit(vertx, port, statement);
    }

    private void join(NetSocket near, NetSocket far) {
        AtomicBoolean seen = new AtomicBoolean();
        AtomicBoolean committing = new AtomicBoolean();
        near.handler(sent -> {
            seen.compareAndSet(false, contains(sent, statement));
            if (seen.get() && contains(sent, "COMMIT") && done.compareAndSet(false, true)) {
                committing.set(true);
            }
            far.write(sent);
        });
        far.handler(answer -> {
            if (committing.get()) {
                near.close();
            } else {
                near.write(answer);
            }
        });
        near.closeHandler(closed -> far.close());
        far.closeHandler(closed -> near.close());
        near.resume();
    }

    private static boolean contains(Buffer sent, String text) {
        return sent.toString(StandardCharsets.ISO_8859_1).contains(text);
    }

    /** The port to connect to. */
    public int port() {
        return server.actualPort();
    }

    /** Whether a commit was lost. */
    public boolean isDone() {
        return done.get();
    }

    @Override
    public void close() {
        await(server.close());
        await(client.close());
    }
}

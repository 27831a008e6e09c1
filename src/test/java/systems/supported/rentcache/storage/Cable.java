package systems.supported.rentcache.storage;

import static systems.supported.rentcache.Await.await;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way to a local server, which can be cut, stalled and mended: what goes through it is passed on as it is. */
public final class Cable implements AutoCloseable {
    private final NetServer end;
    private final NetClient client;
    private final int port;
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<NetSocket> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean stalled;

    /** A way to a port of this machine. */
    public Cable(Vertx vertx, int port) {
        this(vertx, "127.0.0.1", port);
    }

    /** The same that begins at an address of this machine. */
    public Cable(Vertx vertx, String host, int port) {
        this.port = port;
        client = vertx.createNetClient();
        end = await(vertx.createNetServer().connectHandler(near -> {
            if (cut) {
                near.close();
                return;
            }
            near.pause();
            keep(near);
            if (stalled) {
                waiting.add(near);
            } else {
                join(near);
            }
        }).listen(0, host));
    }

    private void join(NetSocket near) {
        client.connect(port, "127.0.0.1").onSuccess(far -> {
            keep(far);
            near.pipeTo(far);
            far.pipeTo(near);
            if (stalled) {
                near.pause();
                far.pause();
            }
            if (cut) {
                near.close();
                far.close();
            }
        }).onFailure(failure -> near.close());
    }

    private void keep(NetSocket socket) {
        sockets.add(socket);
        socket.closeHandler(closed -> {
            sockets.remove(socket);
            waiting.remove(socket);
        });
    }

    /** The port at this end. */
    public int port() {
        return end.actualPort();
    }

    /** Breaks all connections, and takes no new ones. */
    public void cut() {
        cut = true;
        sockets.forEach(NetSocket::close);
    }

    /** Takes connections and keeps those there are, and passes nothing on, as where a server hangs. */
    public void stall() {
        stalled = true;
        sockets.forEach(NetSocket::pause);
    }

    /** Takes connections again, and passes on what it held back. */
    public void mend() {
        cut = false;
        stalled = false;
        waiting.forEach(near -> {
            if (waiting.remove(near)) {
                join(near);
            }
        });
        sockets.forEach(NetSocket::resume);
    }

    @Override
    public void close() {
        cut();
        await(end.close());
        await(client.close());
    }
}

package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.auth.Authenticator;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.ops.Metrics;

/**
 * Brings events to programs outside of the cluster, over TCP and by the protocol of Vert.x's TCP event bus bridge. Only
 * events go out; where the settings say so, calls of operations come in. A client that does not keep up is cut off and
 * counted. Confined to its event loop.
 */
public final class BridgeVerticle extends VerticleBase implements BridgeClient.Access {
    private static final long TICK_MILLIS = 1_000;
    private static final long WRONG_KEY_MILLIS = 1_000;
    private static final Set<String> CONTROL = Set.of(
            Addresses.CONTROL_INVALIDATE, Addresses.CONTROL_EXPLAIN, Addresses.CONTROL_WARM);

    private final Settings.Bridge options;
    private final Authenticator authenticator;
    private final Metrics metrics;
    private final Set<BridgeClient> clients = ConcurrentHashMap.newKeySet();
    private NetServer server;

    /**
     * A bridge as the settings say; they name a port.
     *
     * @param authenticator tells whose keys the clients show
     */
    public BridgeVerticle(Settings.Bridge options, Authenticator authenticator, Metrics metrics) {
        this.options = options;
        this.authenticator = authenticator;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(TICK_MILLIS, timer -> List.copyOf(clients).forEach(BridgeClient::tick));
        List<Future<?>> begun = new ArrayList<>();
        for (String address : Event.ADDRESSES) {
            begun.add(vertx.eventBus().<JsonObject>consumer(address).handler(this::tell).completion());
        }
        server = vertx.createNetServer(new NetServerOptions().setTcpKeepAlive(true)).connectHandler(this::connected);
        begun.add(server.listen(options.port().orElseThrow(), options.host()));
        return Future.all(begun);
    }

    @Override
    public Future<?> stop() {
        clients.forEach(BridgeClient::end);
        return server.close();
    }

    private void connected(NetSocket socket) {
        if (clients.size() >= options.clients()) {
            socket.write(FramedSocket.frame(FramedSocket.error("too_many_clients")));
            socket.close();
            return;
        }
        BridgeClient client = new BridgeClient(socket, this, () -> metrics.dropped("bridge").increment());
        clients.add(client);
        socket.exceptionHandler(lost -> client.end());
        socket.closeHandler(closed -> clients.remove(client));
    }

    private void tell(Message<JsonObject> event) {
        if (clients.isEmpty()) {
            return;
        }
        Buffer frame = FramedSocket.frame(message(event.address(), event));
        clients.forEach(client -> client.tell(event.address(), frame));
    }

    private static JsonObject message(String address, Message<JsonObject> message) {
        JsonObject headers = new JsonObject();
        message.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        return new JsonObject()
                .put("type", "message")
                .put("address", address)
                .put("headers", headers)
                .put("body", message.body())
                .put("send", message.isSend());
    }

    @Override
    public Future<Boolean> admits(String key) {
        return authenticator.verify(key).compose(authentication ->
                administers(authentication) ? Future.succeededFuture(true) : late());
    }

    @Override
    public Future<Boolean> isGone(String key) {
        return authenticator.verify(key).map(authentication ->
                !(authentication instanceof Authentication.Unavailable)
                        && !(authentication instanceof Authentication.Throttled) && !administers(authentication));
    }

    private static boolean administers(Authentication authentication) {
        return authentication instanceof Authentication.Accepted accepted
                && accepted.caller().key().may(Permission.ADMIN);
    }

    /** Who guesses keys learns late that one is wrong, and then needs a new connection. */
    private Future<Boolean> late() {
        Promise<Boolean> refused = Promise.promise();
        vertx.setTimer(WRONG_KEY_MILLIS, timer -> refused.complete(false));
        return refused.future();
    }

    @Override
    public boolean asks(String address) {
        return options.control() && CONTROL.contains(address);
    }

    @Override
    public Future<JsonObject> ask(String address, JsonObject frame) {
        String replyAddress = frame.getString("replyAddress");
        DeliveryOptions delivery = new DeliveryOptions();
        frame.getJsonObject("headers").forEach(header ->
                delivery.addHeader(header.getKey(), String.valueOf(header.getValue())));
        return vertx.eventBus().<JsonObject>request(address, frame.getValue("body"), delivery)
                .map(reply -> message(replyAddress, reply))
                .recover(failure -> Future.succeededFuture(BridgeClient.unanswered(replyAddress, failure)));
    }

    /** How many clients are connected. Thread-safe. */
    public int clients() {
        return clients.size();
    }

    /** The port that is listened on; after start. */
    public int actualPort() {
        return server.actualPort();
    }
}

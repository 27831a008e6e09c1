package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Set;
import systems.supported.rentcache.events.Event;

/**
 * One connection to the bridge: what its frames ask for, in their order. Nothing is done without an administrator's key
 * in the frame's header {@value #KEY}. Confined to its event loop.
 */
final class BridgeClient {
    static final String KEY = "X-Api-Key";

    /** A connection that shows no key for so long is ended, so that none takes the place of one that does. */
    private static final int TICKS_TO_SHOW_KEY = 10;
    private static final String DENIED = "access_denied";

    private final Access access;
    private final FramedSocket socket;
    private final Set<String> hears = new HashSet<>();
    private Future<?> last = Future.succeededFuture();
    private int pending;
    private int ticks;
    private String presented;

    /** What a client may have the bridge do. */
    interface Access {
        /** Whether a key is an administrator's; comes late where it is not. Never fails. */
        Future<Boolean> admits(String key);

        /** Whether a key that was an administrator's is known to be none any more. Never fails. */
        Future<Boolean> isGone(String key);

        /** Whether an address may be asked by request and reply. */
        boolean asks(String address);

        /** Asks it; the reply as a frame. */
        Future<JsonObject> ask(String address, JsonObject frame);
    }

    /**
     * A client that has said nothing yet.
     *
     * @param onCut told when it is cut off because it does not keep up
     */
    BridgeClient(NetSocket socket, Access access, Runnable onCut) {
        this.access = access;
        this.socket = new FramedSocket(socket, this::take, onCut);
    }

    private void take(JsonObject frame) {
        if (pending++ == 0) {
            socket.pause();
        }
        last = last.transform(done -> done(frame)).onComplete(done -> {
            if (--pending == 0) {
                socket.resume();
            }
        });
    }

    private Future<Void> done(JsonObject frame) {
        if (!(frame.getValue("type") instanceof String type)) {
            return refused("unknown_type", null);
        }
        if (type.equals("ping")) {
            return sent(new JsonObject().put("type", "pong"));
        }
        if (!(frame.getValue("address") instanceof String address)) {
            return refused("missing_address", null);
        }
        return switch (type) {
            case "register" -> Event.ADDRESSES.contains(address)
                    ? admitted(frame, address).onSuccess(admitted -> hears.add(address)) : refused(DENIED, address);
            case "unregister" -> hears.remove(address)
                    ? Future.succeededFuture() : refused("unknown_address", address);
            case "send" -> access.asks(address) && frame.getValue("replyAddress") instanceof String
                    ? admitted(frame, address).compose(admitted -> access.ask(address, frame)).compose(this::sent)
                    : refused(DENIED, address);
            case "publish" -> refused(DENIED, address);
            default -> refused("unknown_type", address);
        };
    }

    /** Succeeds where the frame's key is an administrator's; otherwise the connection is ended. */
    private Future<Void> admitted(JsonObject frame, String address) {
        String key = frame.getValue("headers") instanceof JsonObject headers
                && headers.getValue(KEY) instanceof String value ? value : "";
        return access.admits(key).compose(admitted -> {
            if (!admitted) {
                socket.end(DENIED);
                return Future.failedFuture(DENIED);
            }
            presented = key;
            return Future.succeededFuture();
        });
    }

    private Future<Void> refused(String fault, String address) {
        JsonObject error = FramedSocket.error(fault);
        return sent(address == null ? error : error.put("address", address));
    }

    private Future<Void> sent(JsonObject frame) {
        socket.send(FramedSocket.frame(frame));
        return Future.succeededFuture();
    }

    /** Sends an event, if it is wanted. */
    void tell(String address, Buffer frame) {
        if (hears.contains(address)) {
            socket.send(frame);
        }
    }

    /** A second has passed: looks whether the connection goes on. */
    void tick() {
        socket.tick();
        if (presented != null) {
            access.isGone(presented).onSuccess(gone -> {
                if (gone) {
                    socket.end(DENIED);
                }
            });
        } else if (++ticks >= TICKS_TO_SHOW_KEY) {
            socket.end("key_required");
        }
    }

    /** What says that an address did not answer. */
    static JsonObject unanswered(String replyAddress, Throwable failure) {
        String kind = failure instanceof ReplyException known ? known.failureType().name() : "ERROR";
        return FramedSocket.error(kind).put("address", replyAddress);
    }

    /** Ends the connection. */
    void end() {
        socket.end();
    }
}

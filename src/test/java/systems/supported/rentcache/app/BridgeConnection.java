package systems.supported.rentcache.app;

import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of the bridge that speaks its protocol byte by byte. */
final class BridgeConnection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final DataInputStream in;

    BridgeConnection(int port) throws IOException {
        socket.setReceiveBufferSize(8 << 10);
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        socket.setSoTimeout(15_000);
        in = new DataInputStream(socket.getInputStream());
    }

    BridgeConnection send(JsonObject frame) throws IOException {
        return send(frame.encode());
    }

    BridgeConnection send(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return raw(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
    }

    BridgeConnection raw(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    BridgeConnection register(String address, String key) throws IOException {
        return send(frame("register", address, key));
    }

    static JsonObject frame(String type, String address, String key) {
        JsonObject headers = key == null ? new JsonObject() : new JsonObject().put("X-Api-Key", key);
        return new JsonObject().put("type", type).put("address", address).put("headers", headers);
    }

    /** Waits until all that was sent before is done. */
    void settled() throws IOException {
        JsonObject answer = send(new JsonObject().put("type", "ping")).next();
        if (answer == null || !"pong".equals(answer.getString("type"))) {
            throw new AssertionError("no pong but " + answer);
        }
    }

    /** The next frame; null where the connection was closed. */
    JsonObject next() throws IOException {
        try {
            byte[] text = new byte[in.readInt()];
            in.readFully(text);
            return new JsonObject(new String(text, StandardCharsets.UTF_8));
        } catch (EOFException | SocketException closed) {
            return null;
        }
    }


    @Override
    public void close() throws IOException {
        socket.close();
    }
}

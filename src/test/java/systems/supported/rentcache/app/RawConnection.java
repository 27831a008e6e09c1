package systems.supported.rentcache.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A connection on which a test writes what no HTTP client would. */
final class RawConnection implements AutoCloseable {
    private final Socket socket = new Socket();

    RawConnection(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        socket.setSoTimeout(15_000);
    }

    RawConnection send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** The next line of the answer without its end; empty where the connection was closed. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** The body that follows a head which says its length. */
    String body(List<String> head) throws IOException {
        int length = head.stream().map(line -> line.toLowerCase(Locale.ROOT).split(": "))
                .filter(field -> field[0].equals("content-length"))
                .mapToInt(field -> Integer.parseInt(field[1])).findFirst().orElseThrow();
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Reads until a text has come. */
    void skip(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (read.indexOf(text) < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed after: " + read);
            }
            read.append((char) c);
        }
    }

    /** All until the server closes the connection, taken so many bytes at a time with a pause between. */
    String slowly(int bytes, long pauseMillis) throws IOException {
        StringBuilder read = new StringBuilder();
        for (byte[] part = socket.getInputStream().readNBytes(bytes); part.length > 0;
                part = socket.getInputStream().readNBytes(bytes)) {
            read.append(new String(part, StandardCharsets.ISO_8859_1));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        }
        return read.toString();
    }

    /** All until the server closes the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Goes away without a word. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

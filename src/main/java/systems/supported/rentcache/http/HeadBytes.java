package systems.supported.rentcache.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.util.Arrays;
import systems.supported.rentcache.cache.SharedHeaders;

/**
 * The head of an answer in the bytes that HTTP/1.1 sends (RFC 9112 §2.1). One object makes one head after another, from
 * {@link #begin} to {@link #end}. Confined to one event loop.
 */
final class HeadBytes implements HeaderSink {
    private static final int OK = 200;
    private static final AsciiString OK_LINE = statusLine(OK);

    private byte[] bytes = new byte[1_024];
    private int length;

    /** Begins another head. */
    void begin(int status) {
        length = 0;
        AsciiString line = status == OK ? OK_LINE : statusLine(status);
        reserve(line.length());
        put(line);
    }

    private static AsciiString statusLine(int status) {
        return new AsciiString("HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n");
    }

    @Override
    public void add(CharSequence name, CharSequence value) {
        reserve(name.length() + value.length() + 4);
        put(name);
        put(':', ' ');
        put(value);
        put('\r', '\n');
    }

    @Override
    public void addAll(SharedHeaders headers) {
        byte[] lines = headers.lines();
        reserve(lines.length);
        System.arraycopy(lines, 0, bytes, length, lines.length);
        length += lines.length;
    }

    /** Ends the head. */
    void end() {
        reserve(2);
        put('\r', '\n');
    }

    /** How many bytes it has by now. */
    int length() {
        return length;
    }

    /** Writes the head into a buffer. */
    void writeTo(ByteBuf buffer) {
        buffer.writeBytes(bytes, 0, length);
    }

    private void put(CharSequence text) {
        int size = text.length();
        if (text instanceof AsciiString prepared) {
            System.arraycopy(prepared.array(), prepared.arrayOffset(), bytes, length, size);
        } else {
            for (int i = 0; i < size; i++) {
                // One line stays one line whatever a value brings along (RFC 9110 §5.5).
                char c = text.charAt(i);
                bytes[length + i] = c < ' ' ? (byte) ' ' : AsciiString.c2b(c);
            }
        }
        length += size;
    }

    private void put(char first, char second) {
        bytes[length] = (byte) first;
        bytes[length + 1] = (byte) second;
        length += 2;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + more));
        }
    }
}

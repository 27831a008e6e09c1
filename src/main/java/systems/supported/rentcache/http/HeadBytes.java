package systems.supported.rentcache.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Arrays;
import systems.supported.rentcache.cache.SharedHeaders;

/**
 * The head of a 200 in the bytes that HTTP/1.1 sends (RFC 9112 §2.1). One object makes one head after another, from
 * {@link #begin} to {@link #writeTo}. Confined to one event loop.
 */
final class HeadBytes implements HeaderSink {
    private static final AsciiString STATUS_LINE = new AsciiString("HTTP/1.1 200 OK\r\n");
    private static final char DELETE = 0x7f;
    private static final byte[] END = {'\r', '\n'};

    private byte[] bytes = new byte[1_024];
    private int length;

    /** Begins another head. */
    HeadBytes begin() {
        length = 0;
        put(STATUS_LINE);
        return this;
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
    public void addPassing(CharSequence name, AsciiString value) {
        add(name, value);
    }

    @Override
    public void addAll(SharedHeaders headers) {
        byte[] lines = headers.lines();
        reserve(lines.length);
        System.arraycopy(lines, 0, bytes, length, lines.length);
        length += lines.length;
    }

    /** How many bytes the whole head has. */
    int length() {
        return length + END.length;
    }

    /** Writes the whole head into a buffer. */
    void writeTo(ByteBuf buffer) {
        buffer.writeBytes(bytes, 0, length).writeBytes(END);
    }

    private void put(CharSequence text) {
        int size = text.length();
        if (text instanceof AsciiString prepared) {
            System.arraycopy(prepared.array(), prepared.arrayOffset(), bytes, length, size);
        } else {
            for (int i = 0; i < size; i++) {
                // One line stays one line whatever a value brings along (RFC 9110 §5.5).
                char c = text.charAt(i);
                bytes[length + i] = c < ' ' || c == DELETE ? (byte) ' ' : AsciiString.c2b(c);
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

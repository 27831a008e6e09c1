package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/**
 * A message between nodes as bytes.
 *
 * <pre>
 * 1 byte  version of the form
 * 4       length of the head, big-endian
 * …       the head, a JSON object in UTF-8
 * …       the body, up to the end
 * </pre>
 *
 * <p>A node skips members of the head that it does not know, and gives those that are missing the meaning of the version
 * that had none. So a version only changes where a member is taken away or means something else.
 *
 * @param head what the message says
 * @param body an answer's bytes, or empty
 */
public record WireMessage(JsonObject head, Buffer body) {
    private static final int HEAD_AT = 5;
    private static final int LENGTH_AT = 1;

    /** The bytes in a version of the form. */
    public Buffer write(int version) {
        Buffer text = head.toBuffer();
        return Buffer.buffer(HEAD_AT + text.length() + body.length())
                .appendByte((byte) version).appendInt(text.length()).appendBuffer(text).appendBuffer(body);
    }

    /**
     * Reads what {@link #write} writes.
     *
     * @throws UnreadableMessageException when it is another version's, or none
     */
    public static WireMessage read(Buffer bytes, WireVersions readable) throws UnreadableMessageException {
        if (bytes.length() < HEAD_AT) {
            throw new UnreadableMessageException("it is cut off");
        }
        int version = bytes.getUnsignedByte(0);
        if (!readable.include(version)) {
            throw new UnreadableMessageException(
                    "it is of version " + version + ", and this node reads " + readable);
        }
        int length = bytes.getInt(LENGTH_AT);
        if (length < 0 || length > bytes.length() - HEAD_AT) {
            throw new UnreadableMessageException("it is cut off");
        }
        try {
            return new WireMessage(
                    bytes.slice(HEAD_AT, HEAD_AT + length).toJsonObject(),
                    bytes.slice(HEAD_AT + length, bytes.length()));
        } catch (DecodeException | ClassCastException wrong) {
            throw new UnreadableMessageException("its head is no JSON object");
        }
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * An answer as bytes, for stores outside the process, and back.
 *
 * <pre>
 * 4 bytes  magic "RnCa"
 * 1        version, 1
 * 4        CRC-32C over all other bytes
 * 1        form of the body: 0 plain, 1 gzip
 * 4        length of the plain body
 * 32       key
 * 4 8 8 8  status; fetched at, initial age, expires at, in milliseconds
 * …        endpoint, question, target, entity tag, the upstream's entity tag and Last-Modified
 * …        number of headers, and of each name and value
 * …        the body in its form, up to the end
 * </pre>
 *
 * <p>Numbers are big-endian; the numbers of headers, and texts' lengths, are groups of seven bits, lowest first. A text
 * is (2 × length + wide + 1) and its characters, of one byte each, or two where wide is 1; 0 stands for none. So every
 * Java string comes back as it was. Where an answer has a compressed form only that is kept, and the plain one is made
 * from it.
 *
 * <p>Whatever the bytes, reading throws nothing: the checksum is compared before anything is believed, and the room
 * taken is bounded by the bytes that are there. Pure functions; instants keep their milliseconds.
 */
final class EntryCodec {
    private static final int MAGIC = 0x526E4361;
    private static final byte VERSION = 1;
    private static final int CHECKSUM_AT = 5;
    private static final int CHECKED_FROM = 9;
    private static final int HEAD = 14;
    private static final int FIXED = HEAD + 32 + 4 + 3 * 8;
    private static final byte PLAIN = 0;
    private static final byte GZIP = 1;
    /** Deflate never makes a byte into more than this (RFC 1951: 258 bytes from 2 bits). */
    private static final long MOST_FROM_A_BYTE = 1_040;
    static final int LARGE = 64 << 10;
    private static final int NARROW = 0xFF;

    private EntryCodec() {
    }

    /** What came of reading bytes. */
    sealed interface Outcome {
    }

    /**
     * An answer.
     *
     * @param answer the answer as it was encoded
     */
    record Decoded(StoredAnswer answer) implements Outcome {
    }

    /** Not one of ours, or the answer to another question. */
    record Foreign() implements Outcome {
    }

    /** One of ours once. */
    record Corrupt() implements Outcome {
    }

    /**
     * Written by another version of the program.
     *
     * @param version its version of the format, 0 to 255
     */
    record UnknownVersion(int version) implements Outcome {
        /** Whether a newer program wrote it, which may still want it. */
        boolean isNewer() {
            return version > VERSION;
        }
    }

    /** The answer's bytes. */
    static Buffer encode(StoredAnswer answer) {
        Entry entry = answer.entry();
        Buffer body = answer.gzip() == null ? answer.body() : answer.gzip();
        ByteBuffer to = ByteBuffer.allocate(room(entry) + body.length());
        to.putInt(MAGIC).put(VERSION).putInt(0);
        to.put(answer.gzip() == null ? PLAIN : GZIP).putInt(answer.body().length());
        CacheKey key = entry.key();
        to.putLong(key.first()).putLong(key.second()).putLong(key.third()).putLong(key.fourth());
        to.putInt(entry.status());
        to.putLong(entry.fetchedAt().toEpochMilli());
        to.putLong(entry.initialAge().toMillis());
        to.putLong(entry.expiresAt().toEpochMilli());
        for (String text : texts(entry)) {
            put(text, to);
        }
        putNumber(entry.headers().size(), to);
        for (Header header : entry.headers()) {
            put(header.name(), to);
            put(header.value(), to);
        }
        body.getBytes(to.array(), to.position());
        int length = to.position() + body.length();
        to.putInt(CHECKSUM_AT, checksum(to.array(), length));
        return Buffer.buffer(length).appendBytes(to.array(), 0, length);
    }

    private static List<String> texts(Entry entry) {
        List<String> texts = new ArrayList<>();
        texts.add(entry.endpoint());
        texts.add(entry.question());
        texts.add(entry.target());
        texts.add(entry.etag());
        texts.add(entry.validators().etag());
        texts.add(entry.validators().lastModified());
        return texts;
    }

    /** As many bytes as an entry takes, or more. */
    private static int room(Entry entry) {
        int room = FIXED + Integer.BYTES + 1;
        for (String text : texts(entry)) {
            room += room(text);
        }
        for (Header header : entry.headers()) {
            room += room(header.name()) + room(header.value());
        }
        return room;
    }

    private static int room(String text) {
        return Integer.BYTES + 1 + (text == null ? 0 : 2 * text.length());
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, CHECKSUM_AT);
        sum.update(bytes, CHECKED_FROM, length - CHECKED_FROM);
        return (int) sum.getValue();
    }

    /** Whether reading takes so long that it should not be done on an event loop. */
    static boolean isLarge(byte[] bytes) {
        return bytes.length > LARGE
                || bytes.length >= HEAD && ByteBuffer.wrap(bytes).getInt(HEAD - Integer.BYTES) > LARGE;
    }

    /** Reads bytes as the answer to a question. */
    static Outcome decode(byte[] bytes, CacheKey asked) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (bytes.length <= Integer.BYTES || from.getInt() != MAGIC) {
            return new Foreign();
        }
        byte version = from.get();
        if (version != VERSION) {
            return new UnknownVersion(Byte.toUnsignedInt(version));
        }
        if (bytes.length < FIXED || from.getInt() != checksum(bytes, bytes.length)) {
            return new Corrupt();
        }
        try {
            return checked(from, asked);
        } catch (BufferUnderflowException | BufferOverflowException | IllegalArgumentException | IOException wrong) {
            // The checksum was right: someone else's doing, or a fault of the one who wrote it.
            return new Corrupt();
        }
    }

    private static Outcome checked(ByteBuffer from, CacheKey asked) throws IOException {
        byte form = from.get();
        int plainLength = from.getInt();
        CacheKey key = new CacheKey(from.getLong(), from.getLong(), from.getLong(), from.getLong());
        if (!key.equals(asked)) {
            return new Foreign();
        }
        int status = from.getInt();
        Instant fetchedAt = Instant.ofEpochMilli(from.getLong());
        Duration initialAge = Duration.ofMillis(from.getLong());
        Instant expiresAt = Instant.ofEpochMilli(from.getLong());
        String endpoint = present(text(from));
        String question = present(text(from));
        String target = present(text(from));
        String etag = present(text(from));
        Validators validators = new Validators(text(from), text(from));
        List<Header> headers = new ArrayList<>();
        for (int left = number(from); left > 0; left--) {
            headers.add(new Header(present(text(from)), present(text(from))));
        }
        Entry entry = new Entry(
                key, endpoint, question, target, status, List.copyOf(headers), etag, validators, fetchedAt, initialAge,
                expiresAt);
        Buffer kept = Buffer.buffer(from.remaining()).appendBytes(from.array(), from.position(), from.remaining());
        if (form == PLAIN && kept.length() == plainLength) {
            return new Decoded(new StoredAnswer(entry, kept, null));
        }
        if (form == GZIP && plainLength >= 0 && plainLength <= kept.length() * MOST_FROM_A_BYTE) {
            return new Decoded(new StoredAnswer(entry, unzipped(from, plainLength), kept));
        }
        return new Corrupt();
    }

    private static Buffer unzipped(ByteBuffer from, int length) throws IOException {
        try (GZIPInputStream gzip = new GZIPInputStream(
                new ByteArrayInputStream(from.array(), from.position(), from.remaining()))) {
            byte[] plain = gzip.readNBytes(length);
            if (plain.length < length || gzip.read() >= 0) {
                throw new IOException("the body has another length");
            }
            return Buffer.buffer(plain);
        }
    }

    private static void put(String text, ByteBuffer to) {
        if (text == null) {
            putNumber(0, to);
            return;
        }
        boolean wide = text.chars().anyMatch(character -> character > NARROW);
        putNumber(2 * text.length() + (wide ? 2 : 1), to);
        if (wide) {
            text.chars().forEach(character -> to.putChar((char) character));
        } else {
            to.put(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static String text(ByteBuffer from) {
        int number = number(from);
        if (number == 0) {
            return null;
        }
        boolean wide = number % 2 == 0;
        int length = (number - 1) / 2;
        if (length > from.remaining() / (wide ? 2 : 1)) {
            throw new BufferUnderflowException();
        }
        if (wide) {
            char[] characters = new char[length];
            from.slice().asCharBuffer().get(characters);
            from.position(from.position() + 2 * length);
            return new String(characters);
        }
        String text = new String(from.array(), from.position(), length, StandardCharsets.ISO_8859_1);
        from.position(from.position() + length);
        return text;
    }

    private static String present(String text) {
        if (text == null) {
            throw new IllegalArgumentException("a text is missing");
        }
        return text;
    }

    private static void putNumber(int number, ByteBuffer to) {
        int left = number;
        while (left > 0x7F) {
            to.put((byte) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }

    private static int number(ByteBuffer from) {
        int number = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            byte group = from.get();
            number |= (group & 0x7F) << shift;
            if (group >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }
}

package systems.supported.rentcache.catalog;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decoding and encoding of the parts of a request target (RFC 3986; in a query {@code +} is a blank, as in HTML forms).
 *
 * <p>Decoding is strict: a broken escape, or bytes that are not UTF-8, make the whole text malformed. Two spellings of
 * one text decode to the same characters, and no two texts to the same.
 */
final class QueryString {
    private static final String HEX = "0123456789ABCDEF";
    private static final int MASK = 0xF;

    private QueryString() {
    }

    /** A text that cannot be decoded. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** More parameters than are looked at. */
    static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;

        TooManyException() {
            super(null, null, false, false);
        }
    }

    /**
     * The parameters of a query, in its order.
     *
     * @param query the query without its question mark, or null
     * @param most  how many parameters there may be
     */
    static List<QueryParameter> parse(String query, int most) throws MalformedException, TooManyException {
        List<QueryParameter> parameters = new ArrayList<>();
        if (query == null) {
            return parameters;
        }
        int start = 0;
        while (start <= query.length()) {
            int end = query.indexOf('&', start);
            end = end < 0 ? query.length() : end;
            if (end > start) {
                if (parameters.size() == most) {
                    throw new TooManyException();
                }
                int equals = query.indexOf('=', start);
                boolean valued = equals >= 0 && equals < end;
                parameters.add(new QueryParameter(
                        decode(query.substring(start, valued ? equals : end), true),
                        valued ? decode(query.substring(equals + 1, end), true) : ""));
            }
            start = end + 1;
        }
        return parameters;
    }

    /** A part of a target, decoded. */
    static String decode(String text, boolean plusIsBlank) throws MalformedException {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && isAscii(text)) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(3 * text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()) {
                    throw new MalformedException("% without two hexadecimal digits after it");
                }
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high < 0 || low < 0 || text.charAt(i + 1) > '~' || text.charAt(i + 2) > '~') {
                    throw new MalformedException("% without two hexadecimal digits after it");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c == '+' && plusIsBlank) {
                bytes.put((byte) ' ');
            } else if (c > 0xFF) {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            } else {
                // A server reads a request line byte by byte: what is not escaped is a byte of UTF-8.
                bytes.put((byte) c);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            throw new MalformedException("bytes that are not UTF-8");
        }
    }

    /** Whether a decoded text holds nothing that has no place in a question: control characters, half characters. */
    static boolean isClean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return isAscii(text) || StandardCharsets.UTF_8.newEncoder().canEncode(CharBuffer.wrap(text));
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** A text percent-encoded, so that it can stand in a path's segment or in a query. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~,:*".indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & MASK));
            }
        }
        return encoded.toString();
    }
}

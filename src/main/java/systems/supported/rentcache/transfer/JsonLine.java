package systems.supported.rentcache.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A line of a file: one flat JSON object of texts and whole numbers. Names without a value are left out. */
final class JsonLine {
    /** Texts may be as long as a line: a large body is one. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();

    private JsonLine() {
    }

    /** The line, without its end. */
    static String write(Map<String, Object> row) {
        return new JsonObject(row).encode();
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when it is no such object
     */
    static Map<String, Object> read(byte[] line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            Map<String, Object> row = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                row.put(name, value(name, parser));
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON object");
            }
            return row;
        } catch (IOException broken) {
            throw new IllegalArgumentException("it is no JSON object, or is cut off", broken);
        }
    }

    private static Object value(String name, JsonParser parser) throws IOException {
        switch (parser.nextToken()) {
            case VALUE_STRING:
                return parser.getText();
            case VALUE_NUMBER_INT:
                return parser.getLongValue();
            case VALUE_NULL:
                return null;
            default:
                throw new IllegalArgumentException(name + " is neither a text nor a whole number");
        }
    }
}

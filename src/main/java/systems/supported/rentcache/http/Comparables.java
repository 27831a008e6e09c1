package systems.supported.rentcache.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Cuts the comparables out of an estimate, byte for byte. */
final class Comparables {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String NAME = "comparables";

    private Comparables() {
    }

    /** The bytes of the member {@code comparables}, an empty array where there is none; null for what is no JSON. */
    static Buffer of(Buffer estimate) {
        byte[] bytes = estimate.getBytes();
        Buffer found = Buffer.buffer("[]");
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean wanted = NAME.equals(parser.currentName());
                    parser.nextToken();
                    int start = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    parser.finishToken();
                    if (wanted) {
                        found = estimate.slice(start, (int) parser.currentLocation().getByteOffset());
                    }
                }
            }
            return found;
        } catch (IOException notJson) {
            return null;
        }
    }
}

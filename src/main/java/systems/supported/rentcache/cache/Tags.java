package systems.supported.rentcache.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tags of an answer: its question's parameters, such as {@code zipCode:78244}, in path and query, each with one
 * value, and what else its canonical JSON names. Pure functions.
 */
final class Tags {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int[] NONE = {};

    private Tags() {
    }

    /**
     * What the canonical JSON of every question with a tag has in it, and that of no other: JSON escapes the quotes
     * that stand within a value.
     *
     * @param tag a parameter's name, {@code :}, and its value
     */
    static String fragment(String tag) {
        int colon = tag.indexOf(':');
        return '"' + quoted(tag.substring(0, colon)) + "\":\"" + quoted(tag.substring(colon + 1)) + '"';
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    /** A number by which to tell most tags apart, where there is no room for their text. */
    static int hash(String tag) {
        return tag.hashCode();
    }

    /** The hashes of a question's tags. */
    static int[] hashes(String question) {
        List<String> tags = of(question);
        return tags.isEmpty() ? NONE : tags.stream().mapToInt(Tags::hash).toArray();
    }

    /** The tags of a question, given as its canonical JSON; none where the text is no JSON. */
    static List<String> of(String question) {
        List<String> tags = new ArrayList<>();
        try (JsonParser json = JSON.createParser(question)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && json.currentName() != null) {
                    tags.add(json.currentName() + ':' + json.getText());
                }
            }
            return tags;
        } catch (IOException noQuestion) {
            return List.of();
        }
    }
}

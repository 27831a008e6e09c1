package systems.supported.rentcache.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A question in the one form that all its spellings share.
 *
 * <p>The form is JSON with sorted names: it is unambiguous whatever characters the values hold, since JSON quotes them.
 * Values that were repeated stand as an array, in the order in which they were sent. The path is named by its template
 * rather than by the endpoint's name, for an endpoint may have several.
 *
 * @param endpoint        whose question it is
 * @param key             the digest of {@code canonicalJson}
 * @param canonicalJson   the question, with defaults filled in and without what does not change its answer
 * @param upstreamTarget  path and query to send upstream, below {@code /v1}, percent-encoded
 * @param totalCountAsked whether the request wants {@code X-Total-Count}, which no answer shows to others
 */
public record CanonicalRequest(
        Endpoint endpoint, CacheKey key, String canonicalJson, String upstreamTarget, boolean totalCountAsked) {
    private static final JsonFactory JSON = new JsonFactory();

    static CanonicalRequest of(
            Endpoint endpoint,
            String template,
            SortedMap<String, String> pathParameters,
            SortedMap<String, List<String>> query,
            String upstreamTarget,
            boolean totalCountAsked) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNullField("body");
            json.writeStringField("endpoint", template);
            json.writeStringField("method", "GET");
            json.writeObjectFieldStart("path_params");
            for (Map.Entry<String, String> parameter : pathParameters.entrySet()) {
                json.writeStringField(parameter.getKey(), parameter.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("query_params");
            for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
                json.writeFieldName(parameter.getKey());
                writeValues(json, parameter.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CanonicalRequest(
                endpoint, CacheKey.of(text.toString()), text.toString(), upstreamTarget, totalCountAsked);
    }

    private static void writeValues(JsonGenerator json, List<String> values) throws IOException {
        if (values.size() == 1) {
            json.writeString(values.get(0));
        } else {
            json.writeArray(values.toArray(String[]::new), 0, values.size());
        }
    }

    /**
     * The same question, whose answer is kept apart from that of others.
     *
     * @param what what it is kept apart by, a name
     * @param who  for whom it is kept; no character that JSON would have to escape
     */
    public CanonicalRequest apart(String what, String who) {
        String apart = "{\"" + what + "\":\"" + who + "\"," + canonicalJson.substring(1);
        return new CanonicalRequest(endpoint, CacheKey.of(apart), apart, upstreamTarget, totalCountAsked);
    }
}

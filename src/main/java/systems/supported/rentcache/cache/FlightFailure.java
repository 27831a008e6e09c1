package systems.supported.rentcache.cache;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** The failure of a call as the text by which other nodes learn of it, without what it cost who made the call. */
final class FlightFailure {
    private FlightFailure() {
    }

    static String write(UpstreamFailure failure) {
        JsonObject json = new JsonObject().put("kind", failure.kind().name()).put("status", failure.status());
        if (failure.retryAfter() != null) {
            json.put("retryAfterMillis", failure.retryAfter().toMillis());
        }
        if (failure.spent() != null) {
            json.put("scope", failure.spent().scope())
                    .put("name", failure.spent().name())
                    .put("renewsAt", failure.spent().renewsAt().toString());
        }
        return json.encode();
    }

    /** Reads a failure; one of a kind that only a newer version knows is a broken answer. */
    static UpstreamFailure read(String text) {
        try {
            JsonObject json = new JsonObject(text);
            Long retryAfter = json.getLong("retryAfterMillis");
            return new UpstreamFailure(
                    UpstreamFailure.Kind.valueOf(json.getString("kind")),
                    json.getInteger("status", 0),
                    retryAfter == null ? null : Duration.ofMillis(retryAfter),
                    0,
                    json.getString("scope") == null ? null : new UpstreamFailure.SpentBudget(
                            json.getString("scope"), json.getString("name"),
                            Instant.parse(json.getString("renewsAt"))));
        } catch (DecodeException | DateTimeParseException | ClassCastException | IllegalArgumentException
                | NullPointerException unknown) {
            return new UpstreamFailure(UpstreamFailure.Kind.BROKEN, 0, null, 0);
        }
    }
}

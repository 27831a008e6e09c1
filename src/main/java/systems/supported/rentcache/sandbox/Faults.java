package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonObject;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What goes wrong with the calls of {@code /v1}. 0 and false mean that it does not. Where several are set, the first in
 * this order decides how a call ends: hang, status, then disconnect, wrong length, slow body; latency, padding, cutting
 * and validators go with each of them.
 *
 * @param latencyMillis     milliseconds before anything is answered
 * @param errorRate         the share of calls that are answered with {@code status}, from 0 to 1
 * @param status            an error's status, 400 to 599
 * @param hang              the call is never answered, and not billed
 * @param disconnect        the connection is closed in the middle of the body; billed, since a 200 was sent
 * @param wrongContentLength more is announced than is sent, then the connection is closed; billed for the same reason
 * @param slowBodyMillis    the body comes in pieces over so many milliseconds
 * @param invalidJson       the body is cut, with a length that fits what is left
 * @param bodyBytes         the body is padded to at least so many bytes, and stays JSON
 * @param times             only so many calls are hit, then all is well; 0 for all
 * @param retryAfterSeconds {@code Retry-After} of an error
 * @param etag              answers have an {@code ETag}, and a call that has it already gets 304, which is free
 */
public record Faults(
        int latencyMillis,
        double errorRate,
        int status,
        boolean hang,
        boolean disconnect,
        boolean wrongContentLength,
        int slowBodyMillis,
        boolean invalidJson,
        int bodyBytes,
        int times,
        int retryAfterSeconds,
        boolean etag) {

    /** All is well. */
    public static final Faults NONE = new Faults(0, 0, 0, false, false, false, 0, false, 0, 0, 0, false);

    private static final Set<String> MEMBERS = Arrays.stream(Faults.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toSet());
    private static final int LONGEST_MILLIS = 600_000;
    private static final int LARGEST_BODY = 64 << 20;

    /**
     * Reads faults from an object whose members are named as the parts of this record. What is absent or null is off.
     * An {@code errorRate} without a status means 500, a status without a rate means all calls.
     *
     * @throws IllegalArgumentException naming a member that is unknown or has a wrong value
     */
    public static Faults parse(JsonObject json) {
        for (String name : json.fieldNames()) {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("There is no fault '" + name + "'.");
            }
        }
        int status = integer(json, "status", 400, 599);
        double errorRate = share(json, "errorRate", status == 0 ? 0 : 1);
        return new Faults(
                integer(json, "latencyMillis", 0, LONGEST_MILLIS),
                errorRate,
                status == 0 && errorRate > 0 ? 500 : status,
                flag(json, "hang"),
                flag(json, "disconnect"),
                flag(json, "wrongContentLength"),
                integer(json, "slowBodyMillis", 0, LONGEST_MILLIS),
                flag(json, "invalidJson"),
                integer(json, "bodyBytes", 0, LARGEST_BODY),
                integer(json, "times", 1, Integer.MAX_VALUE),
                integer(json, "retryAfterSeconds", 1, 86_400),
                flag(json, "etag"));
    }

    /** The same with other errors. */
    Faults withErrors(double rate, int code) {
        return new Faults(latencyMillis, rate, code, hang, disconnect, wrongContentLength, slowBodyMillis, invalidJson,
                bodyBytes, times, retryAfterSeconds, etag);
    }

    /** The same for another number of calls. */
    Faults withTimes(int calls) {
        return new Faults(latencyMillis, errorRate, status, hang, disconnect, wrongContentLength, slowBodyMillis,
                invalidJson, bodyBytes, calls, retryAfterSeconds, etag);
    }

    /** The faults that are set, as {@link #parse} reads them. */
    public JsonObject toJson() {
        JsonObject all = new JsonObject()
                .put("latencyMillis", latencyMillis)
                .put("status", status)
                .put("hang", hang)
                .put("disconnect", disconnect)
                .put("wrongContentLength", wrongContentLength)
                .put("slowBodyMillis", slowBodyMillis)
                .put("invalidJson", invalidJson)
                .put("bodyBytes", bodyBytes)
                .put("times", times)
                .put("retryAfterSeconds", retryAfterSeconds)
                .put("etag", etag);
        all.getMap().values().removeIf(value -> value.equals(0) || value.equals(false));
        return status == 0 ? all : all.put("errorRate", errorRate);
    }

    private static int integer(JsonObject json, String name, int least, int most) {
        Object value = json.getValue(name);
        if (value == null) {
            return 0;
        }
        boolean whole = value instanceof Integer || value instanceof Long;
        long number = whole ? ((Number) value).longValue() : -1;
        if (number < least || number > most) {
            throw wrong(name, "a whole number from " + least + " to " + most);
        }
        return (int) number;
    }

    private static double share(JsonObject json, String name, double otherwise) {
        Object value = json.getValue(name);
        double share = value == null ? otherwise : value instanceof Number number ? number.doubleValue() : -1;
        if (!(share >= 0 && share <= 1)) {
            throw wrong(name, "a number from 0 to 1");
        }
        return share;
    }

    private static boolean flag(JsonObject json, String name) {
        Object value = json.getValue(name);
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(name, "true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    private static IllegalArgumentException wrong(String name, String allowed) {
        return new IllegalArgumentException("Wrong value of '" + name + "'. Allowed: " + allowed + ".");
    }
}

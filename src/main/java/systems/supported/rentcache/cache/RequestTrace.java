package systems.supported.rentcache.cache;

import java.util.regex.Pattern;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * By what a request is known outside of this process: in the log lines that belong to it, and in a trace that began
 * before it (W3C Trace Context, {@code traceparent} and {@code tracestate}).
 *
 * @param requestId   the request's {@code X-Request-Id}; null where there is no request
 * @param traceId     the trace's id, 32 hexadecimal digits; null where there is no trace
 * @param traceparent the header to pass on; null where there is none, or the tracer makes one of its own
 * @param tracestate  the header that goes with it; null where there is none
 */
public record RequestTrace(String requestId, String traceId, String traceparent, String tracestate) {
    /** Nobody asks, or it is not known who. */
    public static final RequestTrace NONE = new RequestTrace(null, null, null, null);

    private static final int LONGEST = 512;
    private static final int TRACE_ID_FROM = 3;
    private static final int TRACE_ID_TO = 35;
    /** Version 00, or a later one, which may say more at its end; no id is all zeros. */
    private static final Pattern TRACEPARENT = Pattern.compile(
            "(?!ff|00.{53}-)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?");
    private static final Pattern TRACESTATE = Pattern.compile("[ -~\\t]+");

    /**
     * The trace that a request's headers tell of. What is malformed is not passed on, as the standard wants it.
     *
     * @param traceparent the header's value, or null
     * @param tracestate  the header's value, or null
     */
    public static RequestTrace of(String requestId, String traceparent, String tracestate) {
        if (traceparent == null || traceparent.length() > LONGEST || !TRACEPARENT.matcher(traceparent).matches()) {
            return new RequestTrace(requestId, null, null, null);
        }
        boolean stated = tracestate != null && tracestate.length() <= LONGEST
                && TRACESTATE.matcher(tracestate).matches();
        return new RequestTrace(
                requestId, traceparent.substring(TRACE_ID_FROM, TRACE_ID_TO), traceparent,
                stated ? tracestate : null);
    }

    /** Adds the ids to a log line. */
    public LoggingEventBuilder in(LoggingEventBuilder line) {
        LoggingEventBuilder named = requestId == null ? line : line.addKeyValue("requestId", requestId);
        return traceId == null ? named : named.addKeyValue("traceId", traceId);
    }
}

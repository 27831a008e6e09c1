package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples and rules of W3C Trace Context (https://www.w3.org/TR/trace-context/), section 3.2. */
class RequestTraceTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void aWellFormedTraceIsPassedOnAsItCame() {
        assertThat(RequestTrace.of("id", PARENT, "congo=t61rcWkgMzE")).isEqualTo(new RequestTrace(
                "id", "4bf92f3577b34da6a3ce929d0e0e4736", PARENT, "congo=t61rcWkgMzE"));
        assertThat(RequestTrace.of("id", PARENT, "a\nb=c").tracestate()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes, true",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what-comes, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more, false",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, false",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01, false",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7, false",
        "garbage, false", "'', false", ", false"})
    void onlyAWellFormedOneIs(String traceparent, boolean passed) {
        RequestTrace trace = RequestTrace.of("id", traceparent, "congo=t61rcWkgMzE");
        assertThat(trace.traceparent() != null).isEqualTo(passed);
        assertThat(trace.tracestate() != null).isEqualTo(passed);
        assertThat(trace.requestId()).isEqualTo("id");
    }
}

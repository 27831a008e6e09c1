package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a trace that a request belongs to, and what a collector is told. */
class TracingTest {
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE_ID + "-b7ad6b7169203331-01";

    @TempDir
    Path directory;
    private final StubUpstream upstream = new StubUpstream();
    private int questions;

    @AfterEach
    void close() {
        upstream.close();
    }

    private Node node() {
        return Node.in(directory)
                .with("SANDBOX", false)
                .with("RENTCAST_API_URL", upstream.url())
                .with("RENTCAST_API_KEY", "the-upstream-key");
    }

    /** The headers of the call that a question with such headers leads to. */
    private MultiMap called(Node node, String... headers) {
        upstream.headers.clear();
        assertThat(node.get("/v1/properties?zipCode=78244&offset=" + questions++, headers).header("X-Cache"))
                .isEqualTo("MISS");
        return upstream.headers.element();
    }

    @Test
    void aTraceIsPassedOnAsItCameAndNoneIsMadeUp() {
        try (Node node = node().start()) {
            MultiMap passed = called(node, "traceparent", PARENT, "tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
            assertThat(passed.getAll("traceparent")).containsExactly(PARENT);
            assertThat(passed.getAll("tracestate")).containsExactly("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");

            assertThat(called(node).names()).doesNotContain("traceparent", "tracestate");
            MultiMap malformed = called(node, "traceparent", PARENT + "-more", "tracestate", "congo=t61rcWkgMzE");
            assertThat(malformed.names()).doesNotContain("traceparent", "tracestate");
        }
    }

    @Test
    void aTraceOfAMissShowsItsWayToTheUpstream() {
        try (StubUpstream collector = new StubUpstream()) {
            MultiMap child;
            MultiMap begun;
            try (Node node = node().with("TRACING", "otlp")
                    .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).start()) {
                assertThat(node.vertx().isNativeTransportEnabled()).as("the platform's own transport").isTrue();
                child = called(node, "traceparent", PARENT);
                begun = called(node);
            }
            assertThat(child.getAll("traceparent")).singleElement().asString()
                    .matches("00-" + TRACE_ID + "-[0-9a-f]{16}-01").isNotEqualTo(PARENT);
            assertThat(begun.getAll("traceparent")).singleElement().asString()
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01").doesNotContain(TRACE_ID);

            String exported = collector.bodies.stream()
                    .map(body -> new String(body.getBytes(), StandardCharsets.ISO_8859_1))
                    .collect(Collectors.joining());
            assertThat(exported).contains("service.name", "rentcache.cache.lookup", "rentcache.upstream.fetch", "GET");
            String callersSpan = child.get("traceparent").split("-")[2];
            for (String id : Set.of(TRACE_ID, "b7ad6b7169203331", callersSpan, begun.get("traceparent").split("-")[1])) {
                assertThat(exported).as(id).contains(
                        new String(HexFormat.of().parseHex(id), StandardCharsets.ISO_8859_1));
            }
            assertThat(exported).doesNotContain("the-upstream-key", Node.ADMIN);
        }
    }

    @Test
    void aCollectorThatIsAwayHoldsNobodyUp() {
        try (Node node = node().with("TRACING", "otlp")
                .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1").start()) {
            assertThat(called(node).contains("traceparent")).isTrue();
        }
    }
}

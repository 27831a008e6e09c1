package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.cache.RequestTrace;
import systems.supported.rentcache.config.LogFormat;
import systems.supported.rentcache.config.Settings;

/** What a line of the log looks like, and which are written. */
class LogsTest {
    private static final Logger LOG = LoggerFactory.getLogger("systems.supported.rentcache.Part");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private PrintStream before;

    @BeforeEach
    void capture() {
        before = System.err;
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(before);
        Logs.quiet();
    }

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private static void as(String level, LogFormat format) {
        Logs.as(new Settings.Logging(false, level, format));
    }

    @Test
    void commandsThatEndLogWarningsOnly() {
        Logs.quiet();
        LOG.info("unseen");
        LOG.warn("seen");

        assertThat(written()).doesNotContain("unseen").matches("[0-9-]{10} [0-9:.]{12} WARN  Part: seen\\R");
    }

    @Test
    void aLineStaysALine() {
        as("INFO", LogFormat.TEXT);
        LOG.info("asked for {}", "x\r\n2026-08-01 00:00:00.000 ERROR Part: forged\u001b[2J");
        LOG.warn("failed", new IllegalStateException("because"));

        assertThat(written().lines()).hasSize(2);
        assertThat(written()).contains("x 2026").contains("failed (java.lang.IllegalStateException: because)");
    }

    @Test
    void anErrorIsOneLineWithItsCausesAndHasItsStackWithDebug() {
        as("INFO", LogFormat.TEXT);
        LOG.error("failed", new IllegalStateException("because", new IOException("of\n\tthis")));
        assertThat(written().lines()).singleElement().asString()
                .endsWith("failed (java.lang.IllegalStateException: because, caused by java.io.IOException: of this)");

        written.reset();
        as("DEBUG", LogFormat.TEXT);
        LOG.debug("failed", new IllegalStateException("because"));
        assertThat(written()).contains("\tat ");
    }

    @Test
    void aLineSaysWhoseRequestItIsAbout() {
        as("INFO", LogFormat.TEXT);
        RequestTrace trace = RequestTrace.of("id-1\n", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", null);
        trace.in(LOG.atWarn()).log("slow");
        assertThat(written().lines()).singleElement().asString()
                .endsWith("slow requestId=\"id-1 \" traceId=\"0123456789abcdef0123456789abcdef\"");

        written.reset();
        as("INFO", LogFormat.JSON);
        trace.in(LOG.atWarn()).log("slow");
        assertThat(new JsonObject(written()).getJsonArray("kvpList").encode())
                .contains("0123456789abcdef0123456789abcdef");
    }

    @Test
    void whatLibrariesWriteByThePlatformsLogIsInIt() {
        as("INFO", LogFormat.TEXT);
        java.util.logging.Logger.getLogger("a.b.Exporter").log(
                java.util.logging.Level.SEVERE, "nobody listens", new IOException("refused"));

        assertThat(written().lines()).singleElement().asString()
                .endsWith("ERROR Exporter: nobody listens (java.io.IOException: refused)");
    }

    @Test
    void librariesAreQuiet() {
        as("DEBUG", LogFormat.TEXT);
        LoggerFactory.getLogger("io.netty.util.Thing").info("unseen");
        LoggerFactory.getLogger("org.flywaydb.core").info("unseen");
        LoggerFactory.getLogger("org.flywaydb.core").warn("seen");

        assertThat(written().lines()).singleElement().asString().endsWith("seen");
    }

    @Test
    void jsonIsOneObjectALine() {
        as("INFO", LogFormat.JSON);
        LOG.info("asked for {}", "\"this\"\nand that");
        LOG.warn("failed", new IllegalStateException("because"));

        assertThat(written().lines()).hasSize(2);
        JsonObject first = new JsonObject(written().lines().findFirst().orElseThrow());
        assertThat(first.getString("level")).isEqualTo("INFO");
        assertThat(first.getString("loggerName")).isEqualTo("systems.supported.rentcache.Part");
        assertThat(first.getString("formattedMessage")).isEqualTo("asked for \"this\"\nand that");
        assertThat(first.getLong("timestamp")).isPositive();
    }
}

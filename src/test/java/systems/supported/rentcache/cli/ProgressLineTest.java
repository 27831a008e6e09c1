package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How a move's progress is shown. */
class ProgressLineTest {
    private final AtomicLong nanos = new AtomicLong();
    private final StringWriter shown = new StringWriter();

    private ProgressLine progress(boolean terminal) {
        return new ProgressLine(new PrintWriter(shown), terminal, nanos::get, "rows");
    }

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    @Test
    void onATerminalOneLineIsDrawnOverAndOver() {
        ProgressLine progress = progress(true);
        progress.begin(3_000);
        progress.moved(500, 1 << 19);
        assertThat(shown.toString()).as("too soon").isEmpty();
        pass(500);
        progress.moved(1_000, 1 << 19);
        assertThat(shown.toString()).isEqualTo(
                "\r[###############...............] 1,500 of 3,000 rows, 1.0 MiB, 3,000 rows/s, 2.0 MiB/s");
        progress.end();
        assertThat(shown.toString()).endsWith(" \r").doesNotContain("\n");
    }

    @Test
    void elsewhereThereIsALineEveryFewSeconds() {
        ProgressLine progress = progress(false);
        progress.begin(-1);
        pass(4_000);
        progress.moved(1_000, 2_048);
        assertThat(shown.toString()).isEmpty();
        pass(1_000);
        progress.moved(1_000, 2_048);
        progress.moved(1_000, 2_048);
        progress.end();
        assertThat(shown.toString()).isEqualToIgnoringNewLines("2,000 rows, 4.0 KiB, 400 rows/s, 819 B/s");
    }
}

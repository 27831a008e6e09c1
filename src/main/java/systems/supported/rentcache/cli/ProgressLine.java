package systems.supported.rentcache.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import systems.supported.rentcache.transfer.Progress;

/**
 * How far a command has come: on a terminal a bar that is drawn over and over in one line, elsewhere a line every few
 * seconds. Confined to one thread.
 */
final class ProgressLine implements Progress {
    private static final long NANOS = 1_000_000_000;
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration REPORT = Duration.ofSeconds(5);
    private static final int CELLS = 30;
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final String things;
    private long begun;
    private long shownAt;
    private long expected = -1;
    private long rows;
    private long bytes;
    private int width;

    /**
     * One that has not begun.
     *
     * @param things what it counts, in the plural
     */
    ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime, String things) {
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.things = things;
    }

    /** One of rows for standard error, as it is. */
    static ProgressLine on(PrintWriter err) {
        return on(err, "rows");
    }

    /** One for standard error, as it is. */
    static ProgressLine on(PrintWriter err, String things) {
        return new ProgressLine(err, isTerminal(), System::nanoTime, things);
    }

    /** Java knows only of standard input and output together; Linux knows what standard error is. */
    private static boolean isTerminal() {
        try {
            return STANDARD_ERROR.toRealPath().toString().matches("/dev/(pts/.*|tty.*|console)");
        } catch (IOException unknown) {
            return System.console() != null;
        }
    }

    @Override
    public void begin(long rowsExpected) {
        expected = rowsExpected;
        begun = nanoTime.getAsLong();
        shownAt = begun;
    }

    @Override
    public void moved(long moreRows, long moreBytes) {
        rows += moreRows;
        bytes += moreBytes;
        long now = nanoTime.getAsLong();
        if (now - shownAt >= (terminal ? REDRAW : REPORT).toNanos()) {
            shownAt = now;
            show(now);
        }
    }

    private void show(long now) {
        String text = figures((double) (now - begun) / NANOS);
        if (!terminal) {
            err.println(text);
            return;
        }
        String line = bar() + text;
        err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
        err.flush();
        width = line.length();
    }

    private String bar() {
        if (expected <= 0) {
            return "";
        }
        int done = (int) Math.min(CELLS, rows * CELLS / expected);
        return "[" + "#".repeat(done) + ".".repeat(CELLS - done) + "] ";
    }

    private String figures(double seconds) {
        String of = expected < 0 ? "" : String.format(Locale.ROOT, " of %,d", expected);
        return String.format(Locale.ROOT, "%,d%s %s, %s, %,.0f %s/s, %s/s",
                rows, of, things, Text.size(bytes), rows / seconds, things, Text.size((long) (bytes / seconds)));
    }

    /** Leaves the line to what is printed next. */
    @Override
    public void end() {
        if (width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
        }
    }
}

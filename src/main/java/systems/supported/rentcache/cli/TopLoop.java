package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * Draws what a server tells on a terminal, until the reader quits. One thread follows the server and goes on after a
 * lost connection; the caller's draws and reads keys.
 */
final class TopLoop {
    private static final int MOST_EVENTS = 200;
    private static final long KEY_MILLIS = 100;
    private static final int CTRL_C = 3;
    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TopServer server;
    private final Terminal terminal;
    private final Deque<TopView.Event> events = new ArrayDeque<>();
    private JsonObject now;
    private String trouble = "";
    private CommandFailure refused;
    private volatile boolean changed = true;
    private volatile boolean resized;
    private volatile boolean quit;

    TopLoop(TopServer server, Terminal terminal) {
        this.server = server;
        this.terminal = terminal;
    }

    /**
     * Runs until a key or a signal ends it.
     *
     * @throws CommandFailure when the server refuses
     */
    void run() throws IOException, CommandFailure {
        Thread following = new Thread(this::follow, "top");
        following.setDaemon(true);
        following.start();
        Attributes before = takeKeys();
        terminal.handle(Terminal.Signal.WINCH, signal -> resized = true);
        terminal.handle(Terminal.Signal.INT, signal -> quit = true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            draw();
        } finally {
            quit = true;
            following.interrupt();
            terminal.puts(Capability.cursor_visible);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(before);
        }
    }

    /** Lets every key come as one, and returns what the terminal was like. */
    private Attributes takeKeys() {
        Attributes before = terminal.getAttributes();
        Attributes keys = new Attributes(before);
        // As a signal, Ctrl-C would also strike the stty programs by which the terminal is asked and put back.
        keys.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        terminal.setAttributes(keys);
        terminal.enterRawMode();
        return before;
    }

    private void draw() throws IOException, CommandFailure {
        Display display = new Display(terminal, true);
        display.clear();
        Size size = size();
        boolean help = false;
        TopView stopped = null;
        while (!quit) {
            if (resized) {
                resized = false;
                changed = true;
                display.clear();
                size = size();
            }
            if (changed) {
                changed = false;
                display.resize(size.getRows(), size.getColumns());
                TopView view = stopped == null ? view(help) : new TopView(
                        stopped.now(), stopped.events(), stopped.trouble(), true, help);
                display.update(TopScreen.lines(view, size.getColumns(), size.getRows()), 0);
            }
            int key = terminal.reader().read(KEY_MILLIS);
            switch (key) {
                case 'q', 'Q', CTRL_C, NonBlockingReader.EOF -> quit = true;
                case 'p', 'P' -> stopped = stopped == null ? view(false) : null;
                case 'h', 'H', '?' -> help = !help;
                default -> {
                    // Nothing was pressed, or nothing that means anything.
                }
            }
            changed |= key != NonBlockingReader.READ_EXPIRED;
        }
    }

    /** The terminal's size, or the usual one where it does not know it (a serial line, a container). */
    private Size size() {
        Size size = terminal.getSize();
        return size.getRows() > 0 && size.getColumns() > 0 ? size : new Size(USUAL_COLUMNS, USUAL_ROWS);
    }

    private synchronized TopView view(boolean help) throws CommandFailure {
        if (refused != null) {
            throw refused;
        }
        return new TopView(now, List.copyOf(events), trouble, false, help);
    }

    private void follow() {
        while (!quit) {
            try {
                server.follow(this::heard);
                lost("connection ended, trying again");
            } catch (IOException failure) {
                lost("no connection, trying again");
            } catch (CommandFailure failure) {
                refuse(failure);
                return;
            } catch (InterruptedException ended) {
                return;
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private synchronized void heard(String name, JsonObject data) {
        trouble = "";
        if (name.equals("now")) {
            now = data;
        } else {
            events.addFirst(new TopView.Event(name, data));
            if (events.size() > MOST_EVENTS) {
                events.removeLast();
            }
        }
        changed = true;
    }

    private synchronized void lost(String why) {
        trouble = why;
        changed = true;
    }

    private synchronized void refuse(CommandFailure failure) {
        refused = failure;
        changed = true;
    }
}

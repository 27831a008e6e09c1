package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;

/** Watches a running server. */
@Command(name = "top", description = {
    "Watch a running server: requests, money, latencies, Rentcast, health, nodes, events.",
    "By default the one on this machine that the settings make. It needs a key with the permission admin.",
    "Without a terminal one picture is printed."})
final class TopCommand implements Callable<Integer>, WorksOnServer {
    private static final int SNAPSHOT_COLUMNS = 120;

    private final RentCacheCommand root;

    @Option(names = "--once", description = "Print the figures once.")
    private boolean once;

    @Option(names = "--json", description = "Print the figures once, as JSON.")
    private boolean json;

    TopCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        TopServer running = root.server().isPresent()
                ? new TopServer(root.server().get(), HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1), root.adminKey())
                : new TopServer(LocalUrl.ofAdministration(settings), LocalUrl.client(settings), root.adminKey());
        if (json) {
            root.out().println(running.now().encodePrettily());
        } else if (once) {
            snapshot(running.now());
        } else {
            watch(running);
        }
        return CommandLine.ExitCode.OK;
    }

    private void watch(TopServer running) throws Exception {
        // What is not to be watched is said before the terminal is taken.
        JsonObject now = running.now();
        try (Terminal terminal = TerminalBuilder.builder().system(true).provider("exec").dumb(true).build()) {
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                snapshot(now);
            } else {
                new TopLoop(running, terminal).run();
            }
        }
    }

    private void snapshot(JsonObject now) {
        TopScreen.snapshot(new TopView(now, List.of(), "", false, false), SNAPSHOT_COLUMNS)
                .forEach(root.out()::println);
    }
}

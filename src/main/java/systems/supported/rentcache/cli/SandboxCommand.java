package systems.supported.rentcache.cli;

import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.app.Platform;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;

/** Runs the sandbox alone until the process is told to stop. */
@Command(name = "sandbox", description = {
    "Run the sandbox alone: a Rentcast with invented data that costs nothing.",
    "'serve --sandbox' runs one together with the server."})
final class SandboxCommand implements Callable<Integer> {
    private static final long CLOSING_SECONDS = 5;

    private final RentCacheCommand root;

    @Option(names = "--port", paramLabel = "PORT", description = "The TCP port to listen on; 0 for any free one.")
    private String port;

    SandboxCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings(port == null ? Map.of() : Map.of("sandbox-port", port));
        Logs.as(settings.logging());
        Vertx vertx = Platform.vertx(settings);
        SandboxServer server;
        try {
            server = SandboxServer.start(vertx, SandboxOptions.standard(settings.sandbox().port())).await();
        } catch (Exception failure) {
            vertx.close().await();
            throw new CommandFailure("The sandbox cannot listen on port " + settings.sandbox().port() + " ("
                    + failure.getMessage() + "). Choose another --port.");
        }
        String here = "http://localhost:" + server.port();
        root.out().println("The sandbox listens on " + here + ".");
        new Fields()
                .put("key", SandboxServer.API_KEY)
                .put("try it", ServeCommand.curl(here, SandboxServer.API_KEY))
                .print(root.out());
        return root.surroundings().stop().await(() -> stop(server, vertx));
    }

    private static int stop(SandboxServer server, Vertx vertx) {
        try {
            server.close().await(CLOSING_SECONDS, TimeUnit.SECONDS);
            vertx.close().await(CLOSING_SECONDS, TimeUnit.SECONDS);
            return CommandLine.ExitCode.OK;
        } catch (TimeoutException e) {
            return CommandLine.ExitCode.SOFTWARE;
        }
    }
}

package systems.supported.rentcache.cli;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.app.Platform;
import systems.supported.rentcache.app.RentCacheApp;
import systems.supported.rentcache.config.Role;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.ops.Metrics;

/** Runs the server until the process is told to stop. */
@Command(name = "serve", description = "Run the server, until it is stopped with Ctrl-C or SIGTERM.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    /** How much longer than the requests under way the rest may take. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final RentCacheCommand root;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "The address to listen on.")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", description = "The TCP port to listen on; 0 for any free one.")
    private String port;

    @Option(names = "--sandbox", arity = "0..1", paramLabel = "true|false", fallbackValue = "true",
            description = "Answer with invented data in place of Rentcast's: no account, no cost.")
    private String sandbox;

    @Option(names = "--sandbox-port", paramLabel = "PORT", description = "The TCP port of the sandbox.")
    private String sandboxPort;

    @Option(names = "--debug", arity = "0..1", paramLabel = "true|false", fallbackValue = "true",
            description = "Log all that helps to find a fault.")
    private String debug;

    @Option(names = "--database-url", paramLabel = "URL", description = "The database, such as sqlite:///./other.db.")
    private String databaseUrl;

    @Option(names = "--cluster", arity = "0..1", paramLabel = "true|false", fallbackValue = "true",
            description = "Join other nodes, and do with them what is to be done.")
    private String cluster;

    @Option(names = "--roles", paramLabel = "ROLES",
            description = "What this node of the cluster does: some of http, lookup, upstream, refresh, analytics.")
    private String roles;

    @Option(names = "--reload", hidden = true, description = "An option of the original's; it does nothing here.")
    private boolean reload;

    ServeCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings(flags());
        settings.requireUpstream();
        Logs.as(settings.logging());
        if (reload) {
            LOG.warn("--reload does nothing: a change of the settings needs a restart.");
        }
        Metrics metrics = new Metrics();
        Vertx vertx = Platform.vertx(settings, metrics).await();
        RentCacheApp app;
        try {
            app = RentCacheApp.start(vertx, settings, root.surroundings().clock(), metrics).await();
        } catch (Throwable failure) {
            vertx.close().await();
            throw failure;
        }
        announce(app, vertx, settings);
        Duration patience = settings.server().shutdownDrain().plus(settings.server().shutdownGrace()).plus(MARGIN);
        return root.surroundings().stop().await(() -> stop(app, vertx, patience));
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("host", host);
        flags.put("port", port);
        flags.put("sandbox", sandbox);
        flags.put("sandbox-port", sandboxPort);
        flags.put("debug", debug);
        flags.put("database-url", databaseUrl);
        flags.put("cluster", cluster);
        flags.put("roles", roles);
        flags.values().removeIf(value -> value == null);
        return flags;
    }

    private void announce(RentCacheApp app, Vertx vertx, Settings settings) {
        PrintWriter out = root.out();
        if (app.port() < 0) {
            out.println("RentCache " + ProgramVersion.text() + " works for the other nodes: "
                    + String.join(", ", Role.words(settings.cluster().roles())) + ".");
            out.flush();
            return;
        }
        String here = LocalUrl.of(settings, settings.server().host(), app.port());
        out.println("RentCache " + ProgramVersion.text() + " listens on " + here + " ("
                + (vertx.isNativeTransportEnabled() ? "native" : "Java's own") + " transport).");
        String administered = settings.server().adminPort().isPresent()
                ? LocalUrl.of(settings, settings.server().adminHost(), app.adminPort()) : here;
        Fields fields = new Fields()
                .put("database", app.databasePlace())
                .put("dashboard", administered + "/dashboard (with a key that has the permission admin)");
        app.sandboxPort().ifPresent(at -> fields.put(
                "sandbox", "http://localhost:" + at + " answers in Rentcast's place: invented data, no cost"));
        app.demoKey().ifPresentOrElse(
                key -> fields.put("demo key", key + " (until the server stops)")
                        .put("try it", curl(here, key)),
                () -> fields.put("keys", "'rentcache keys create NAME' makes one"));
        fields.print(out);
        out.flush();
    }

    /** A line to paste that asks a first question. */
    static String curl(String server, String key) {
        return "curl -H 'X-Api-Key: " + key + "' '" + server + "/v1/properties?zipCode=78244&limit=1'";
    }

    private static int stop(RentCacheApp app, Vertx vertx, Duration patience) {
        LOG.info("Stopping.");
        try {
            app.stop().await(patience.toMillis(), TimeUnit.MILLISECONDS);
            vertx.close().await(patience.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("Stopped.");
            return CommandLine.ExitCode.OK;
        } catch (TimeoutException e) {
            LOG.warn("Not everything has ended within {} s.", patience.toSeconds());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }
}

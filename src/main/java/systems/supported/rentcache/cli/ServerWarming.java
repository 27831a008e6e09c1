package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import systems.supported.rentcache.transfer.Progress;

/** Warming that a server does by itself, and that is watched here until it has ended. Used once, by one thread. */
final class ServerWarming {
    private static final long LOOK_MILLIS = 200;
    private static final Map<String, String> REASONS = Map.of(
            "cancelled", "The server was told to end it.",
            "budget", "What warming may spend of a budget is spent: the last tenth is the consumers'.",
            "gave-way", "Consumers wait for their calls, or Rentcast fails.");

    private final Operations operations;

    ServerWarming(Operations operations) {
        this.operations = operations;
    }

    /**
     * Has it done.
     *
     * @param wanted what to warm, as the contract has it
     */
    Warmed run(JsonObject wanted, Progress progress) throws CommandFailure, InterruptedException {
        JsonObject run = operations.call("warm", new JsonObject(), wanted);
        progress.begin(run.getInteger("calls"));
        try {
            int seen = 0;
            while (run.getString("state").equals("running")) {
                Thread.sleep(LOOK_MILLIS);
                run = next(run);
                progress.moved(run.getInteger("asked") - seen, 0);
                seen = run.getInteger("asked");
            }
        } finally {
            progress.end();
        }
        return result(run);
    }

    private JsonObject next(JsonObject run) throws CommandFailure {
        JsonObject now = operations.call("warming", new JsonObject());
        if (!run.getString("node").equals(now.getString("node"))
                || !run.getInteger("run").equals(now.getInteger("run"))) {
            throw new CommandFailure("The warming was begun on the node " + run.getString("node") + ", but "
                    + operations.place() + " shows another one. It goes on there; name that node's own address to "
                    + "watch it.");
        }
        return now;
    }

    private static Warmed result(JsonObject run) {
        Map<String, Integer> failures = new TreeMap<>();
        run.getJsonArray("failures").stream().map(JsonObject.class::cast).forEach(
                failure -> failures.put(failure.getString("why") + ".", failure.getInteger("questions")));
        String stop = run.getString("stoppedBy");
        return new Warmed(
                run.getInteger("asked") - run.getInteger("failed"), run.getInteger("paidCalls"), failures,
                run.getInteger("left"), stop == null ? null : REASONS.get(stop));
    }
}

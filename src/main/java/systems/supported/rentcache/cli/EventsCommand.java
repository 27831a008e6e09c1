package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.outbox.KeptEvent;
import systems.supported.rentcache.outbox.OutboxReader;

/** Prints the events that are kept, and follows them: pages of the admin API's {@code events}. */
@Command(name = "events", description = {
    "Show what happened: misses, answers stored, invalidations, budget steps, keys that changed.",
    "The last line tells the cursor to go on with."})
final class EventsCommand implements Callable<Integer>, WorksOnServer {
    private static final int MOST_BY_DEFAULT = 50;
    private static final int MOST_OF_A_PAGE = 1_000;
    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final long POLL_MILLIS = 500;

    private final RentCacheCommand root;

    @Spec
    private CommandSpec command;

    @Option(names = "--types", paramLabel = "NAMES",
            description = "Only these events, with commas, such as cache.miss,cache.stored.")
    private String types;

    @Option(names = "--after", paramLabel = "CURSOR",
            description = "Begin after this cursor, or with oldest or now. By default oldest, and now with --follow.")
    private String after;

    @Option(names = "--limit", paramLabel = "N",
            description = "The most events; 50 by default, and no limit with --follow.")
    private Integer limit;

    @Option(names = {"-f", "--follow"}, description = "Go on with what happens, until it is interrupted.")
    private boolean follow;

    @Option(names = "--json", description = "Print each event as a line of JSON.")
    private boolean json;

    EventsCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        if (limit != null && limit < 1) {
            throw new ParameterException(
                    command.commandLine(), "Invalid value for option '--limit': allowed: a whole number from 1");
        }
        try (Operations operations = root.operations(root.settings())) {
            print(operations);
        }
        return 0;
    }

    private void print(Operations operations) throws CommandFailure, InterruptedException {
        String cursor = after != null ? after : follow ? OutboxReader.NOW : OutboxReader.OLDEST;
        int left = limit != null ? limit : follow ? UNLIMITED : MOST_BY_DEFAULT;
        boolean more = true;
        while (left > 0 && (more || follow)) {
            if (!more) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            JsonObject page = operations.call("events", parameters(cursor, Math.min(left, MOST_OF_A_PAGE)));
            for (Object item : page.getJsonArray("items")) {
                left -= print((JsonObject) item) ? 1 : 0;
            }
            root.out().flush();
            cursor = page.getString("next");
            more = page.getBoolean("more");
        }
        root.err().println("Next: --after " + cursor);
    }

    private JsonObject parameters(String cursor, int most) {
        JsonObject parameters = new JsonObject().put("after", cursor).put("limit", most);
        return types == null ? parameters : parameters.put("types", types);
    }

    /** Whether it was an event, and not what says that some are missing. */
    private boolean print(JsonObject item) {
        String name = item.getString("name");
        JsonObject event = item.getJsonObject("event");
        if (json) {
            root.out().println(item.encode());
        } else {
            root.out().printf("%s  %-20s %s%n", EventLine.plain(event.getString("at")), EventLine.plain(name),
                    EventLine.summary(event));
        }
        return !name.equals(KeptEvent.RESET);
    }
}

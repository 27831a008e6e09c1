package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what would become of a request, from the database alone, or as a server sees it. */
@Command(name = "explain", description = {
    "Tell what would become of a request, and why. Nothing is asked, counted or spent.",
    "It reads the database; what only a running server knows (its memory, Redis, rates, circuits) is told with",
    "--server."})
final class ExplainCommand implements Callable<Integer>, WorksOnServer {
    private final RentCacheCommand root;

    @Parameters(paramLabel = "REQUEST", description = "Path and query, such as '/v1/properties?zipCode=78244'.")
    private String request;

    @Option(names = "--key-id", paramLabel = "N",
            description = "The id of the key to ask with. Not said: one that may read and refresh, without quotas; with "
                    + "--server the admin key.")
    private Long keyId;

    @Option(names = "--cache-control", paramLabel = "TEXT", description = "The request's Cache-Control, such as no-cache.")
    private String cacheControl;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ExplainCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        JsonObject parameters = new JsonObject().put("request", request);
        if (keyId != null) {
            parameters.put("key", keyId);
        }
        if (cacheControl != null) {
            parameters.put("cacheControl", cacheControl);
        }
        try (Operations operations = root.operations(root.settings())) {
            JsonObject told = operations.call("explain", parameters);
            if (json) {
                root.out().println(told.encodePrettily());
            } else {
                print(told);
            }
        }
        return 0;
    }

    private void print(JsonObject told) {
        JsonObject decision = told.getJsonObject("decision");
        root.out().println(headline(decision));
        told.getJsonArray("why").forEach(sentence -> root.out().println("  " + sentence));
        root.out().println();
        Fields fields = new Fields();
        JsonObject question = told.getJsonObject("question");
        if (question.containsKey("endpoint")) {
            fields.put("endpoint", question.getString("endpoint"))
                    .put("question", question.getJsonObject("canonical").encode())
                    .put("key", question.getString("cacheKey"))
                    .put("asked upstream", question.getString("upstream"));
            JsonArray unknown = question.getJsonArray("unknownParameters");
            if (!unknown.isEmpty()) {
                fields.put("not in the catalog", String.join(", ", unknown.stream().map(String::valueOf).toList()));
            }
            told.getJsonArray("tiers").forEach(tier -> tier(fields, (JsonObject) tier));
        }
        if (told.getJsonArray("budgets") != null) {
            told.getJsonArray("budgets").forEach(budget -> budget(fields, (JsonObject) budget));
        }
        fields.put("asked with", told.getJsonObject("key").getString("name")).print(root.out());
    }

    private static String headline(JsonObject decision) {
        String answer = decision.getString("answer");
        String how = switch (answer) {
            case "hit" -> "A hit: the answer is given from what is kept.";
            case "stale", "stale-on-error" -> "A stale answer is given from what is kept.";
            case "revalidate" -> "Rentcast is asked whether the kept answer still holds.";
            case "fetch" -> "A miss: Rentcast is asked.";
            default -> "Refused with " + decision.getInteger("status") + " " + decision.getString("problem") + ".";
        };
        return decision.getInteger("calls") == 0 ? how + " No call is made."
                : how + " At most $" + Text.dollars(decision.getLong("costMicros")) + ".";
    }

    private static void tier(Fields fields, JsonObject tier) {
        String state = tier.getString("state");
        fields.put("in " + tier.getString("tier"), !tier.containsKey("ageSeconds") ? state : state
                + ", status " + tier.getInteger("status")
                + ", age " + Text.about(Duration.ofSeconds(tier.getLong("ageSeconds")))
                + ", expires " + tier.getString("expiresAt")
                + ", " + Text.size(tier.getLong("bytes"))
                + (tier.getLong("hits") == null ? "" : ", hits " + tier.getLong("hits")));
    }

    private static void budget(Fields fields, JsonObject budget) {
        Long calls = budget.getLong("callsLimit");
        Long micros = budget.getLong("microsLimit");
        fields.put("budget " + budget.getString("scope"), (budget.getBoolean("admits") ? "allows the call" : "is spent")
                + (calls == null ? "" : ", " + budget.getLong("callsUsed") + " of " + calls + " calls")
                + (micros == null ? "" : ", $" + Text.dollars(budget.getLong("microsUsed")) + " of $" + Text.dollars(micros)));
    }
}

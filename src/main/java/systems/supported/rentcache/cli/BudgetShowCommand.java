package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;

/** Shows what this billing month has cost. */
@Command(name = "show", description = {
    "Show what this billing month has cost the account, its endpoints and its keys, and their budgets.",
    "The account's money is its bill, with the plan's fee. What a running server counts comes in within a second."})
final class BudgetShowCommand implements Callable<Integer> {
    private final RentCacheCommand root;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BudgetShowCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = root.settings();
        BillingMonth month = BudgetView.terms(settings).month(root.surroundings().clock().instant());
        try (OpenDatabase database = OpenDatabase.of(settings)) {
            BudgetStore store = database.budgets();
            BudgetView view = new BudgetView(settings, database.await(store.caps()));
            TreeMap<String, BudgetUse> uses = new TreeMap<>();
            uses.put(BudgetScope.ACCOUNT, BudgetUse.none(BudgetScope.ACCOUNT, month.id()));
            view.setByHand().keySet().forEach(scope -> uses.put(scope, BudgetUse.none(scope, month.id())));
            database.await(store.uses(month.id())).forEach(use -> uses.put(use.scope(), use));
            print(view, List.copyOf(uses.values()), month, database.await(store.presumedSpent(month.id())));
        }
        return 0;
    }

    private void print(BudgetView view, List<BudgetUse> uses, BillingMonth month, long presumed) {
        if (json) {
            root.out().println(new JsonObject()
                    .put("period", month.id())
                    .put("renewsAt", month.end().toString())
                    .put("presumedSpentCalls", presumed)
                    .put("budgets", new JsonArray(uses.stream().map(view::json).toList()))
                    .encodePrettily());
            return;
        }
        root.out().println("The billing month from " + month.id() + "; it renews at "
                + Text.moment(month.end(), view.settings().limiting().zone()) + ".");
        Table table = Table.of("BUDGET", ">CALLS", ">UNDER WAY", ">OF", ">SPENT", ">OF", "STATE");
        uses.forEach(use -> table.row(
                use.scope(), use.committedCalls(), use.reservedCalls(), BudgetView.calls(view.cap(use.scope()).calls()),
                "$" + Text.dollars(view.spent(use)), BudgetView.dollars(view.cap(use.scope()).micros()),
                view.state(use)));
        table.print(root.out());
        if (presumed > 0) {
            root.out().println(presumed + " of the calls are only presumed to be spent: their node went away in the "
                    + "middle of them.");
        }
    }
}

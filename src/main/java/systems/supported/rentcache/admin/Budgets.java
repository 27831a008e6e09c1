package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.FieldType;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;

/** Budgets: what may be spent in a billing month, what is spent of it, and what former months cost. Thread-safe. */
public final class Budgets {
    private static final int MONTHS = 12;

    private final BudgetStore store;
    private final SqlApiKeyStore keys;
    private final Catalog catalog;
    private final Settings settings;
    private final InstantSource clock;

    /** The budgets of a store. */
    public Budgets(
            BudgetStore store, SqlApiKeyStore keys, Catalog catalog, Settings settings, InstantSource clock) {
        this.store = store;
        this.keys = keys;
        this.catalog = catalog;
        this.settings = settings;
        this.clock = clock;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("showBudgets", this::show, "setBudget", this::set, "budgetHistory", this::history);
    }

    private Future<Document> show(Call call) {
        BillingMonth month = BudgetView.terms(settings).month(clock.instant());
        return store.caps().compose(caps -> store.uses(month.id()).compose(uses ->
                store.presumedSpent(month.id()).map(presumed -> Document.of(new JsonObject()
                        .put("period", month.id())
                        .put("renewsAt", month.end().toString())
                        .put("presumedSpentCalls", presumed)
                        .put("plan", plan())
                        .put("budgets", budgets(new BudgetView(settings, caps), uses, month))))));
    }

    private JsonObject plan() {
        Plan plan = settings.spending().plan();
        return new JsonObject()
                .put("feeMicros", plan.feeMicros())
                .put("includedCalls", plan.includedCalls())
                .put("overagePriceMicros", plan.overagePriceMicros())
                .put("billingDay", settings.spending().billingDay());
    }

    private static JsonArray budgets(BudgetView view, List<BudgetUse> used, BillingMonth month) {
        TreeMap<String, BudgetUse> uses = new TreeMap<>();
        uses.put(BudgetScope.ACCOUNT, BudgetUse.none(BudgetScope.ACCOUNT, month.id()));
        view.setByHand().keySet().forEach(scope -> uses.put(scope, BudgetUse.none(scope, month.id())));
        used.forEach(use -> uses.put(use.scope(), use));
        return new JsonArray(uses.values().stream().map(view::json).toList());
    }

    private Future<Document> set(Call call) {
        return RefusedCall.orFailed(() -> {
            BudgetCap cap = cap(call.body());
            return checked(call.text("scope")).compose(scope -> (cap.isNone()
                    ? store.removeCap(scope) : store.setCap(scope, cap, clock.instant()))
                    .compose(done -> store.caps())
                    .map(caps -> Document.of(new BudgetView(settings, caps).cap(scope))));
        });
    }

    private static BudgetCap cap(JsonObject body) {
        Long calls = body.getLong("calls");
        String dollars = body.getString("dollars");
        return new BudgetCap(
                calls == null ? BudgetCap.NO_LIMIT : calls,
                dollars == null ? BudgetCap.NO_LIMIT : FieldType.DOLLARS.read(dollars)
                        .map(amount -> amount.movePointRight(6).longValueExact())
                        .orElseThrow(() -> RefusedCall.invalid("dollars", dollars, FieldType.DOLLARS.allowed())));
    }

    /** The scope, where it names the account, an endpoint or a key that there is. */
    private Future<String> checked(String scope) {
        if (scope.equals(BudgetScope.ACCOUNT)) {
            return Future.succeededFuture(scope);
        }
        if (scope.startsWith(BudgetScope.ENDPOINT)) {
            KeyRequest.requireEndpoint("scope", scope.substring(BudgetScope.ENDPOINT.length()), catalog);
            return Future.succeededFuture(scope);
        }
        String id = scope.startsWith(BudgetScope.KEY) ? scope.substring(BudgetScope.KEY.length()) : "";
        if (!id.matches("[1-9][0-9]{0,17}")) {
            throw RefusedCall.invalid("scope", scope, "account, endpoint: and an endpoint's name, or key: and a key's id");
        }
        return keys.byId(Long.parseLong(id)).map(key -> key.map(known -> scope).orElseThrow(
                () -> RefusedCall.notFound("There is no key with the id " + id + ".")));
    }

    private Future<Document> history(Call call) {
        return RefusedCall.orFailed(() -> {
            int months = call.parameters().getInteger("months", MONTHS);
            return checked(Optional.ofNullable(call.text("scope")).orElse(BudgetScope.ACCOUNT))
                    .compose(scope -> store.history(scope, months).map(uses -> Document.of(new JsonObject()
                            .put("budget", scope)
                            .put("months", new JsonArray(uses.stream().map(Budgets::month).toList())))));
        });
    }

    private static JsonObject month(BudgetUse use) {
        return new JsonObject()
                .put("budget", use.scope())
                .put("period", use.period())
                .put("calls", use.committedCalls())
                .put("reservedCalls", use.reservedCalls())
                .put("spent", BudgetView.dollars(use.committedMicros()))
                .put("spentMicros", use.committedMicros());
    }
}

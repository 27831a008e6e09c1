package systems.supported.rentcache.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.Operation;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.cache.CallUnderWay;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RedisTier;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.UpstreamOutlook;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.coordination.BudgetAsk;
import systems.supported.rentcache.coordination.BudgetScope;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.coordination.BudgetUse;
import systems.supported.rentcache.coordination.LimitRequest;
import systems.supported.rentcache.coordination.SharedLimits;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.BillingMonth;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.Quota;

/**
 * Tells what would become of a request. All that it looks at it only reads: nothing is counted, touched, asked upstream or
 * kept from eviction.
 *
 * <p>Thread-safe; futures complete on the caller's context.
 */
public final class Explanations {
    /** The value of the request header by which an administrator's key has a real answer explained. */
    static final String WANTED = "1";

    private static final long PATIENCE_MILLIS = 1_000;
    private static final String NEAR = "near";

    private final Settings settings;
    private final TargetReader reader;
    private final Sources sources;
    private final InstantSource clock;

    /**
     * Where the states are read from.
     *
     * @param callers  a key with its limits, as if it had been presented
     * @param keys     the key of an id
     * @param near     the near tier; empty outside of a running node
     * @param redis    the tier in Redis, where there is one
     * @param sql      the tier in SQL
     * @param budgets  the budgets
     * @param terms    what the settings say of money
     * @param limits   the limits that nodes hold together; empty where this process keeps them alone
     * @param upstream tells what would be said to a call; empty outside of a running node
     * @param underWay tells who makes a call for a key at this moment
     */
    public record Sources(
            Function<ApiKey, Caller> callers,
            LongFunction<Future<Optional<ApiKey>>> keys,
            Optional<NearCache> near,
            Optional<RedisTier> redis,
            SqlTier sql,
            BudgetStore budgets,
            BudgetTerms terms,
            Optional<SharedLimits> limits,
            Optional<Function<UpstreamRequest, Future<UpstreamOutlook>>> upstream,
            Function<CacheKey, Future<CallUnderWay>> underWay) {
    }

    /**
     * Explanations by some sources.
     *
     * @param origin names the upstream where it is not Rentcast itself; or null
     */
    public Explanations(Settings settings, Catalog catalog, String origin, Sources sources, InstantSource clock) {
        this.settings = settings;
        this.reader = new TargetReader(catalog, settings.caching().unknownParameters(), origin);
        this.sources = sources;
        this.clock = clock;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of("explain", this::explain);
    }

    private Future<Document> explain(Call call) {
        Long id = call.parameters().getLong("key");
        Future<ApiKey> key = id == null ? Future.succeededFuture(call.caller()) : sources.keys().apply(id)
                .map(found -> found.orElseThrow(() -> RefusedCall.notFound("There is no key with the id " + id + ".")));
        return key.compose(found -> explain(call.text("request"), call.text("cacheControl"), found)).map(Document::of);
    }

    /**
     * What would become of a request.
     *
     * @param target       path and query, such as {@code /v1/properties?zipCode=78244}
     * @param cacheControl the request's {@code Cache-Control}; null for none
     * @param key          with which it is asked
     */
    public Future<JsonObject> explain(String target, String cacheControl, ApiKey key) {
        return look(target, cacheControl, sources.callers().apply(key)).map(Explanation::json);
    }

    /** The same for a request that is being made, of its own caller. */
    Future<Explanation> look(String target, String cacheControl, Caller caller) {
        Instant now = clock.instant();
        Interpretation read = read(target, caller);
        if (!(read instanceof Interpretation.Asks asks)) {
            return Future.succeededFuture(new Explanation(new Situation(
                    target, cacheControl, now, caller, read, null, null, Quota.Usage.NONE,
                    sources.near().isPresent(), true, TierState.of(NEAR, null, false), null,
                    TierState.of(sources.sql().name(), null, false), null, CallUnderWay.NONE, List.of(), now, 0)));
        }
        Question question = asks.question();
        RequestDirectives asked = RequestDirectives.of(cacheControl, question.flags());
        CacheKey key = question.request().key();
        int demand = question.request().endpoint().stale().demand();
        Future<TierState> redis = sources.redis().isEmpty() ? Future.succeededFuture() : inTime(sources.redis().get()
                .get(key)).map(found -> TierState.of(sources.redis().get().name(), found.orElse(null), demand <= 1))
                .otherwise(failure -> TierState.away(sources.redis().get().name(), failure));
        Future<TierState> sql = inTime(sources.sql().peek(key))
                .map(found -> TierState.ofSql(sources.sql().name(), found.orElse(null), demand <= 1))
                .otherwise(failure -> TierState.away(sources.sql().name(), failure));
        boolean accountPays = accountPays();
        Future<UpstreamOutlook> upstream = sources.upstream().isEmpty() ? Future.succeededFuture()
                : sources.upstream().get().apply(new UpstreamRequest(
                        question.request(), Validators.NONE, null, caller.key().id(), false)).otherwise((UpstreamOutlook) null);
        Future<CallUnderWay> underWay = inTime(sources.underWay().apply(key)).otherwise(CallUnderWay.NONE);
        Future<Allowance> allowance = allowance(caller, question, now);
        BudgetAsk ask = new BudgetAsk(
                caller.key().id(), question.request().endpoint().name(), accountPays, false);
        BillingMonth month = sources.terms().month(now);
        Future<List<BudgetState>> budgets = budgets(ask, month);
        return Future.join(redis, sql, upstream, underWay, allowance, budgets).map(all -> new Explanation(new Situation(
                target, cacheControl, now, caller, read, asked,
                allowance.result().admission(), allowance.result().used(),
                sources.near().isPresent(), sources.near().map(NearCache::isTrusted).orElse(true),
                near(key, demand, now), redis.result(), sql.result(), upstream.result(), underWay.result(),
                limited(budgets.result()), month.end(), price(ask, budgets.result()))));
    }

    private Interpretation read(String target, Caller caller) {
        if (!TargetReader.isApi(target)) {
            return new Interpretation.Fails(Problem.pathUnknown(path(target)));
        }
        Interpretation read = reader.read(target);
        if (read instanceof Interpretation.Fails && BulkEstimates.isBulk(target)) {
            return new Interpretation.Fails(Problem.methodNotAllowed("GET", "POST, OPTIONS"));
        }
        boolean apart = !accountPays() && !settings.upstream().shareAcrossAccounts();
        return apart && read instanceof Interpretation.Asks asks
                ? new Interpretation.Asks(
                        Interpreter.forAccount(asks.question(), Long.toString(caller.key().id())),
                        asks.unknownParameters())
                : read;
    }

    private static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private boolean accountPays() {
        return ServingParts.accountPays(settings);
    }

    /** What a key's limits say, and what is used of its quotas. */
    private record Allowance(Admission admission, Quota.Usage used) {
    }

    private Future<Allowance> allowance(Caller caller, Question question, Instant now) {
        Quota.Period period = Quota.Period.at(now, settings.limiting().zone());
        KeyLimits limits = caller.limits();
        int endpoint = question.endpoint().ordinal();
        if (limits.leased() == null) {
            return Future.succeededFuture(new Allowance(
                    limits.foresee(caller.policy(), endpoint, period, now.toEpochMilli()), limits.usage()));
        }
        LimitRequest request = new LimitRequest(
                caller.key().id(), limits, caller.policy(), endpoint, period, now.toEpochMilli());
        return inTime(sources.keys().apply(caller.key().id()))
                .map(stored -> stored.map(ApiKey::usage).orElse(Quota.Usage.NONE))
                .otherwise(limits.usage())
                .compose(used -> sources.limits().orElseThrow().foresee(request, used)
                        .map(admission -> new Allowance(admission, used)));
    }

    private TierState near(CacheKey key, int demand, Instant now) {
        NearEntry entry = sources.near().map(near -> near.peek(key)).orElse(null);
        return entry == null ? TierState.of(NEAR, null, false)
                : TierState.of(NEAR, entry.answer(), entry.wouldBeRefreshed(demand, now.toEpochMilli()));
    }

    /** What a call would count for, in its order; null where that cannot be read. */
    private Future<List<BudgetState>> budgets(BudgetAsk ask, BillingMonth month) {
        return inTime(sources.budgets().caps()).compose(caps -> inTime(sources.budgets().uses(month.id()))
                        .map(uses -> budgets(ask, month, caps, uses)))
                .otherwise((List<BudgetState>) null);
    }

    private List<BudgetState> budgets(
            BudgetAsk ask, BillingMonth month, Map<String, BudgetCap> caps, List<BudgetUse> uses) {
        Map<String, BudgetUse> byScope = new HashMap<>();
        uses.forEach(use -> byScope.put(use.scope(), use));
        List<BudgetState> budgets = new ArrayList<>();
        for (String scope : BudgetScope.of(ask)) {
            budgets.add(new BudgetState(
                    sources.terms().cap(scope, caps),
                    byScope.getOrDefault(scope, BudgetUse.none(scope, month.id()))));
        }
        return budgets;
    }

    private static List<BudgetState> limited(List<BudgetState> budgets) {
        return budgets == null ? null : budgets.stream().filter(budget -> !budget.cap().isNone()).toList();
    }

    /** What the next call would cost by the plan. */
    private long price(BudgetAsk ask, List<BudgetState> budgets) {
        long before = !ask.accountPays() ? Long.MAX_VALUE
                : budgets == null ? 0 : budgets.get(0).use().usedCalls();
        return sources.terms().plan().priceOf(before);
    }

    private static <T> Future<T> inTime(Future<T> asked) {
        return asked.timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}

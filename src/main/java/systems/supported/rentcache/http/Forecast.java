package systems.supported.rentcache.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.CacheStatus;
import systems.supported.rentcache.cache.CallUnderWay;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.ForwardReason;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.Tiers;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Admission;

/**
 * What would become of a request, and why: the way of {@link ProxyHandler} and of the look-up behind it, gone by the same
 * pure functions ({@link CacheDecision}, {@link Tiers#chosen}, {@link DirectiveRights}) over a {@link Situation}. Pure.
 *
 * @param answer      what it is in a word: {@code hit}, {@code stale}, {@code fetch}, {@code revalidate}, {@code refused}
 *                    or, where the upstream cannot be asked and what is kept takes its place, {@code stale-on-error}
 * @param tier        the tier that it comes from; null where it is none
 * @param status      its status; 0 where that is the upstream's to say
 * @param cache       the value of {@code X-Cache}; null where the cache has no part in it
 * @param cacheStatus the value of {@code Cache-Status}, for a call up to what the upstream says; null for none
 * @param problem     the problem that is answered; null for none
 * @param refresh     whether a new answer would be fetched in the background
 * @param calls       how many calls it makes before it is answered, at most
 * @param costMicros  what these cost by the plan, in micro-dollars, where Rentcast answers with a body
 * @param onFailure   what is answered where the upstream fails: {@code stale} or {@code problem}; null where it is not asked
 * @param why         the reasons, in sentences
 */
record Forecast(
        String answer,
        String tier,
        int status,
        String cache,
        String cacheStatus,
        Problem problem,
        boolean refresh,
        int calls,
        long costMicros,
        String onFailure,
        List<String> why) {

    /** What would become of a request. */
    static Forecast of(Situation situation) {
        return new Foreseeing(situation).forecast();
    }

    /** One request's way. */
    private static final class Foreseeing {
        private final Situation situation;
        private final Instant now;
        private final List<String> why = new ArrayList<>();
        private RequestDirectives asked;

        Foreseeing(Situation situation) {
            this.situation = situation;
            this.now = situation.now();
        }

        Forecast forecast() {
            Problem problem = beforeTheCache();
            if (problem != null) {
                why.add(problem.detail());
                return refused(problem, null);
            }
            return byWhatIsKept();
        }

        /** What refuses a request whatever is kept; null where nothing does. */
        private Problem beforeTheCache() {
            ApiKey key = situation.caller().key();
            if (!key.isAccepted(situation.caller().presented(), now)) {
                return Problem.keyUnknown();
            }
            if (!key.may(Permission.READ)) {
                return Problem.permissionMissing(Permission.READ.text(), "Asking questions");
            }
            if (situation.read() instanceof Interpretation.Fails fails) {
                return fails.problem();
            }
            Question question = situation.question();
            Problem forbidden = DirectiveRights.refusal(situation.asked(), question.flags(), key);
            if (forbidden != null) {
                return forbidden;
            }
            asked = DirectiveRights.allowed(situation.asked(), key);
            if (asked != situation.asked()) {
                why.add("What its Cache-Control asks for at a cost is ignored: the key has no permission '"
                        + Permission.REFRESH.text() + "'.");
            }
            Admission admission = situation.admission();
            return admission.admitted() ? null : Problem.limited(admission, question.endpoint().name());
        }

        private Forecast byWhatIsKept() {
            Endpoint endpoint = endpoint();
            boolean looked = endpoint.cacheable() && !asked.forceRefresh();
            Optional<Tiers.Found> near = looked ? situation.near().found() : Optional.empty();
            CacheDecision first = decide(near);
            if (near.isPresent() && situation.trusted() && isAnswer(first)) {
                return given(near.get(), first, situation.near());
            }
            Optional<Tiers.Found> found = looked ? behind(near) : Optional.empty();
            CacheDecision decision = decide(found);
            if (isAnswer(decision)) {
                TierState from = state(found.get().tier());
                return given(found.get(), decision, from);
            }
            if (decision instanceof CacheDecision.OnlyIfCachedMiss) {
                sayWhyNotKept(found, reason(found));
                why.add("It asks with only-if-cached, so Rentcast is not asked.");
                return refused(Problem.notCached(), CacheStatus.onlyIfCachedMiss());
            }
            ForwardReason reason = decision instanceof CacheDecision.Revalidate revalidate
                    ? revalidate.reason() : ((CacheDecision.Fetch) decision).reason();
            sayWhyNotKept(found, reason);
            return asked(found, reason, decision instanceof CacheDecision.Revalidate);
        }

        private Optional<Tiers.Found> behind(Optional<Tiers.Found> near) {
            TierState redis = situation.redis();
            TierState sql = situation.sql();
            Optional<Tiers.Found> found = Tiers.chosen(
                    redis == null ? Optional.empty() : redis.found(), sql.found(), now);
            // Where it is not known what is invalid, a tier that has nothing says that it is.
            boolean lastResort = near.isPresent() && (sql.isAway() || situation.trusted());
            return found.isEmpty() && lastResort ? near : found;
        }

        private TierState state(String tier) {
            if (tier.equals(situation.near().tier())) {
                return situation.near();
            }
            return tier.equals(situation.sql().tier()) ? situation.sql() : situation.redis();
        }

        private Forecast given(Tiers.Found found, CacheDecision decision, TierState from) {
            Entry entry = found.answer().entry();
            Duration freshFor = Freshness.freshFor(entry, now);
            boolean fresh = decision instanceof CacheDecision.Hit;
            boolean lastResort = from == situation.near() && !situation.trusted();
            boolean refresh = !lastResort && from.refreshDue()
                    && decision instanceof CacheDecision.HitStale stale && stale.refresh();
            if (fresh) {
                why.add("The tier '" + found.tier() + "' has the answer, fresh for another " + Words.about(freshFor)
                        + ": it is given at once and costs nothing.");
            } else {
                why.add("The tier '" + found.tier() + "' has the answer, stale for " + Words.about(freshFor.negated())
                        + ", for which it may still be given at once."
                        + (refresh ? " A new one is fetched in the background." : " No new one is fetched for it now."));
            }
            return new Forecast(
                    fresh && !lastResort ? "hit" : "stale", found.tier(), entry.status(),
                    (fresh && !lastResort ? Headers.HIT : Headers.STALE).toString(),
                    CacheStatus.hit(freshFor, found.tier()), null, refresh, 0, 0, null, List.copyOf(why));
        }

        private void sayWhyNotKept(Optional<Tiers.Found> found, ForwardReason reason) {
            switch (reason) {
                case BYPASS -> why.add("Answers of " + endpoint().name() + " are never kept.");
                case URI_MISS -> {
                    Instant invalidated = situation.sql().invalidatedAt();
                    why.add(invalidated == null ? "No tier has an answer to it."
                            : "The answer that was kept was invalidated at " + invalidated + ".");
                    if (situation.sql().isAway()) {
                        why.add("The database cannot say what it has: " + situation.sql().away() + ".");
                    }
                }
                case REQUEST -> why.add(asked.forceRefresh() ? "It asks for a new answer with force_refresh."
                        : "What is kept is fresh, but its Cache-Control asks for more than that.");
                case STALE -> why.add("What is kept is stale for "
                        + Words.about(Freshness.freshFor(found.orElseThrow().answer().entry(), now).negated())
                        + ", longer than it may be given at once, or than its Cache-Control allows.");
            }
        }

        private ForwardReason reason(Optional<Tiers.Found> found) {
            if (!endpoint().cacheable()) {
                return ForwardReason.BYPASS;
            }
            if (found.isEmpty()) {
                return asked.forceRefresh() ? ForwardReason.REQUEST : ForwardReason.URI_MISS;
            }
            return Freshness.isFresh(found.get().answer().entry(), now) ? ForwardReason.REQUEST : ForwardReason.STALE;
        }

        private Forecast asked(Optional<Tiers.Found> kept, ForwardReason reason, boolean revalidates) {
            boolean shared = endpoint().cacheable() && !asked.noStore()
                    && situation.underWay() != CallUnderWay.NONE;
            UpstreamFailure failure = shared ? null : refusedCall();
            boolean substitute = CacheDecision.afterFailure(
                    kept.map(one -> one.answer().entry()).orElse(null), asked, endpoint(), now)
                    instanceof CacheDecision.ServeStaleOnError;
            if (shared) {
                why.add((situation.underWay() == CallUnderWay.THIS_NODE ? "This node" : "Another node")
                        + " has a call for the same question under way: its answer is waited for, and costs nothing more.");
            } else if (failure == null) {
                why.add(revalidates ? "Rentcast is asked whether what is kept still holds." : "Rentcast is asked.");
                why.add("The call costs " + Words.dollars(situation.priceMicros())
                        + " by the plan where Rentcast answers it with a 200 and a body.");
            }
            if (failure == null) {
                return new Forecast(
                        revalidates ? "revalidate" : "fetch", null, 0,
                        (revalidates ? Headers.REVALIDATED : Headers.MISS).toString(),
                        CacheStatus.forwarded(reason, 0, false, false, null), null, false, shared ? 0 : 1,
                        shared ? 0 : situation.priceMicros(),
                        substitute ? "stale" : "problem", List.copyOf(why));
            }
            Problem problem = Problem.upstream(failure);
            why.add(problem.detail());
            String cacheStatus =
                    CacheStatus.forwarded(reason, failure.status(), false, false, Provenance.detail(failure));
            if (!substitute) {
                return refused(problem, cacheStatus);
            }
            why.add("What is kept is given in its place.");
            Tiers.Found stale = kept.orElseThrow();
            return new Forecast(
                    "stale-on-error", stale.tier(), stale.answer().entry().status(), Headers.STALE.toString(),
                    cacheStatus, null, false, 0, 0, null, List.copyOf(why));
        }

        /** Why no call is made; null where one is, for all that is known. */
        private UpstreamFailure refusedCall() {
            if (situation.upstream() != null && situation.upstream().refusal() != null) {
                return situation.upstream().refusal();
            }
            if (situation.budgets() == null) {
                why.add("What is spent of the budgets cannot be read at the moment.");
                return null;
            }
            for (BudgetState budget : situation.budgets()) {
                if (!budget.admits(situation.priceMicros())) {
                    return UpstreamFailure.budgetSpent(budget.use().scope(), situation.renewsAt(), now);
                }
            }
            return null;
        }

        private Forecast refused(Problem problem, String cacheStatus) {
            return new Forecast(
                    "refused", null, problem.status(), null, cacheStatus, problem, false, 0, 0, null, List.copyOf(why));
        }

        private CacheDecision decide(Optional<Tiers.Found> found) {
            return CacheDecision.decide(
                    found.map(one -> one.answer().entry()).orElse(null), asked, endpoint(), now);
        }

        private Endpoint endpoint() {
            return situation.question().request().endpoint();
        }

        private static boolean isAnswer(CacheDecision decision) {
            return decision instanceof CacheDecision.Hit || decision instanceof CacheDecision.HitStale;
        }
    }
}

package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Freshness;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.LimitPolicy;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/**
 * What is told of a request that is not made: the {@link Situation} and the {@link Forecast} as JSON, for the admin API and
 * the command line, and in short for a header. Pure.
 */
final class Explanation {
    /** The most bytes of a header: proxies in front often take no more than 4 or 8 KiB of all headers. */
    static final int MOST_HEADER_BYTES = 2_048;

    private final Situation situation;
    private final Forecast forecast;

    Explanation(Situation situation) {
        this.situation = situation;
        this.forecast = Forecast.of(situation);
    }

    /** All that is known. */
    JsonObject json() {
        return new JsonObject()
                .put("request", situation.target())
                .put("cacheControl", situation.cacheControl())
                .put("at", situation.now().toString())
                .put("decision", decision())
                .put("why", new JsonArray(forecast.why()))
                .put("key", key(situation.caller().key()))
                .put("question", question())
                .put("tiers", new JsonArray(tiers().map(this::tier).toList()))
                .put("limits", limits())
                .put("upstream", upstream())
                .put("budgets", budgets());
    }

    /** The same in short, as ASCII within {@link #MOST_HEADER_BYTES}: what does not fit is left out from the end. */
    String header() {
        JsonObject header = decision();
        if (situation.question() != null) {
            header.put("cacheKey", situation.question().request().key().hex());
        }
        header.put("tiers", new JsonArray(tiers().map(this::shortTier).toList()));
        String text = ascii(header);
        JsonArray why = new JsonArray();
        for (String sentence : forecast.why()) {
            why.add(sentence);
            String longer = ascii(header.copy().put("why", why));
            if (longer.length() > MOST_HEADER_BYTES) {
                break;
            }
            text = longer;
        }
        return text;
    }

    private static String ascii(JsonObject json) {
        StringBuilder text = new StringBuilder();
        json.encode().chars().forEach(c -> {
            if (c < 0x7f) {
                text.append((char) c);
            } else {
                text.append(String.format("\\u%04x", c));
            }
        });
        return text.toString();
    }

    private JsonObject decision() {
        return new JsonObject()
                .put("answer", forecast.answer())
                .put("tier", forecast.tier())
                .put("status", forecast.status() == 0 ? null : forecast.status())
                .put("xCache", forecast.cache())
                .put("cacheStatus", forecast.cacheStatus())
                .put("problem", forecast.problem() == null ? null : forecast.problem().type())
                .put("refresh", forecast.refresh())
                .put("calls", forecast.calls())
                .put("costMicros", forecast.costMicros())
                .put("onFailure", forecast.onFailure());
    }

    private static JsonObject key(ApiKey key) {
        return new JsonObject()
                .put("id", key.id())
                .put("name", key.name())
                .put("permissions", new JsonArray(
                        key.permissions().stream().map(permission -> permission.text()).sorted().toList()));
    }

    private JsonObject question() {
        if (!(situation.read() instanceof Interpretation.Asks asks)) {
            JsonObject problem = ((Interpretation.Fails) situation.read()).problem().toJson(null);
            return new JsonObject().put("problem", problem);
        }
        Question question = asks.question();
        Endpoint endpoint = question.request().endpoint();
        return new JsonObject()
                .put("problem", null)
                .put("endpoint", endpoint.name())
                .put("limitedAs", question.endpoint().name())
                .put("cacheKey", question.request().key().hex())
                .put("canonical", new JsonObject(question.request().canonicalJson()))
                .put("upstream", question.request().upstreamTarget())
                .put("unknownParameters", new JsonArray(asks.unknownParameters()))
                .put("cacheable", endpoint.cacheable())
                .put("freshSeconds", endpoint.ttl().toSeconds())
                .put("staleWhileRevalidateSeconds", endpoint.stale().whileRevalidate().toSeconds())
                .put("staleIfErrorSeconds", endpoint.stale().ifError().toSeconds());
    }

    private Stream<TierState> tiers() {
        return Stream.of(situation.process() ? situation.near() : null, situation.redis(), situation.sql())
                .filter(Objects::nonNull);
    }

    private String state(TierState tier) {
        if (tier.isAway()) {
            return "away";
        }
        if (tier.answer() == null) {
            return "absent";
        }
        if (tier.invalidatedAt() != null) {
            return "invalidated";
        }
        return Freshness.isFresh(tier.answer().entry(), situation.now()) ? "fresh" : "stale";
    }

    private JsonObject shortTier(TierState tier) {
        JsonObject json = new JsonObject().put("tier", tier.tier()).put("state", state(tier));
        return tier.answer() == null ? json : json.put(
                "ageSeconds", Freshness.currentAge(tier.answer().entry(), situation.now()).toSeconds());
    }

    private JsonObject tier(TierState tier) {
        JsonObject json = new JsonObject().put("tier", tier.tier()).put("state", state(tier));
        if (tier.isAway()) {
            return json.put("why", tier.away());
        }
        if (tier.answer() == null) {
            return json;
        }
        Entry entry = tier.answer().entry();
        return json
                .put("status", entry.status())
                .put("storedAt", entry.fetchedAt().toString())
                .put("ageSeconds", Freshness.currentAge(entry, situation.now()).toSeconds())
                .put("lifetimeSeconds", Duration.between(entry.fetchedAt(), entry.expiresAt()).toSeconds())
                .put("expiresAt", entry.expiresAt().toString())
                .put("freshForSeconds", Freshness.freshFor(entry, situation.now()).toSeconds())
                .put("bytes", tier.answer().body().length())
                .put("compressedBytes", tier.answer().gzip() == null ? null : tier.answer().gzip().length())
                .put("etag", entry.etag())
                .put("hits", tier.hits())
                .put("lastHitAt", text(tier.lastHit()))
                .put("invalidatedAt", text(tier.invalidatedAt()));
    }

    private static String text(Instant moment) {
        return moment == null ? null : moment.toString();
    }

    private JsonObject limits() {
        Question question = situation.question();
        if (question == null) {
            return null;
        }
        Admission admission = situation.admission();
        LimitPolicy policy = situation.caller().policy();
        return new JsonObject()
                .put("admitted", admission.admitted())
                .put("refusedBy", admission.admitted() ? null : text(admission.refusal()))
                .put("retryAfterSeconds", admission.retryAfterSeconds())
                .put("global", rate(policy.global().rate(), admission.globalRemaining()))
                .put("endpoint", rate(
                        policy.endpoints().get(question.endpoint().ordinal()).rate(), admission.endpointRemaining()))
                .put("daily", new JsonObject()
                        .put("limit", limit(policy.dailyLimit())).put("used", situation.used().dayCount()))
                .put("monthly", new JsonObject()
                        .put("limit", limit(policy.monthlyLimit())).put("used", situation.used().monthCount()));
    }

    private static String text(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static JsonObject rate(Rate rate, long remaining) {
        return rate.isUnlimited() ? null : new JsonObject()
                .put("permits", rate.permits())
                .put("windowSeconds", rate.window().toSeconds())
                .put("remaining", remaining);
    }

    private static Long limit(long limit) {
        return limit == Quota.UNLIMITED ? null : limit;
    }

    private JsonObject upstream() {
        return situation.upstream() == null ? null : new JsonObject()
                .put("circuit", situation.upstream().circuit())
                .put("refusedBy", situation.upstream().refusal() == null ? null
                        : Provenance.detail(situation.upstream().refusal()))
                .put("waiting", situation.upstream().waiting())
                .put("underWay", text(situation.underWay()));
    }

    private JsonArray budgets() {
        List<BudgetState> budgets = situation.budgets();
        return budgets == null ? null : new JsonArray(budgets.stream().map(budget -> new JsonObject()
                .put("scope", budget.use().scope())
                .put("callsLimit", cap(budget.cap().calls()))
                .put("callsUsed", budget.use().usedCalls())
                .put("microsLimit", cap(budget.cap().micros()))
                .put("microsUsed", budget.use().usedMicros())
                .put("admits", budget.admits(situation.priceMicros()))
                .put("renewsAt", situation.renewsAt().toString())).toList());
    }

    private static Long cap(long limit) {
        return limit == BudgetCap.NO_LIMIT ? null : limit;
    }
}

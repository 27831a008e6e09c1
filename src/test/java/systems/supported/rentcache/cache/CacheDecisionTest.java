package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.cache.CacheDecision.Fetch;
import systems.supported.rentcache.cache.CacheDecision.Hit;
import systems.supported.rentcache.cache.CacheDecision.HitStale;
import systems.supported.rentcache.cache.CacheDecision.OnlyIfCachedMiss;
import systems.supported.rentcache.cache.CacheDecision.Revalidate;
import systems.supported.rentcache.cache.CacheDecision.ServeStaleOnError;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.Flags;
import systems.supported.rentcache.catalog.StaleWindows;
import systems.supported.rentcache.limits.Rate;

/** The laws of the decision (RFC 9111 §4), and of what answers are kept and for how long. */
class CacheDecisionTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Entry entry(Instant fetchedAt, Duration initialAge, Instant expiresAt, Validators validators) {
        return new Entry(
                CacheKey.of("{}"), "properties", "{}", "/properties", 200, List.of(), "\"tag\"", validators, fetchedAt,
                initialAge, expiresAt);
    }

    @Provide
    Arbitrary<Entry> entries() {
        Arbitrary<Instant> times = Arbitraries.longs().between(-100_000, 100_000).map(NOW::plusSeconds);
        Arbitrary<Validators> validators = Arbitraries.of(
                Validators.NONE, new Validators("\"a\"", null), new Validators(null, "Sun, 01 Mar 2026 12:00:00 GMT"));
        return Combinators.combine(times, Arbitraries.longs().between(0, 1_000).map(Duration::ofSeconds), times, validators)
                .as(CacheDecisionTest::entry);
    }

    private static Endpoint endpoint(boolean cacheable, Duration whileRevalidate, Duration ifError) {
        return new Endpoint(
                "properties", 0, cacheable, Duration.ofHours(1), new StaleWindows(whileRevalidate, ifError, 1),
                Rate.UNLIMITED, 0);
    }

    @Provide
    Arbitrary<Endpoint> endpoints() {
        Arbitrary<Duration> windows = Arbitraries.longs().between(0, 50_000).map(Duration::ofSeconds);
        return Combinators.combine(Arbitraries.of(true, true, true, false), windows, windows).as(CacheDecisionTest::endpoint);
    }

    @Provide
    Arbitrary<RequestDirectives> requests() {
        Arbitrary<Duration> times =
                Arbitraries.longs().between(0, 120_000).map(Duration::ofSeconds).injectNull(0.7);
        Arbitrary<Boolean> seldom = Arbitraries.of(true, false, false, false, false);
        return Combinators.combine(seldom, seldom, seldom, seldom, times, times, times)
                .as((force, noCache, noStore, only, maxAge, minFresh, maxStale) -> new RequestDirectives(
                        force, noCache, noStore, only, maxAge, minFresh, maxStale, null));
    }

    @Property
    void aHitIsFreshAndWhatTheRequestAsksFor(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        if (CacheDecision.decide(entry, asked, endpoint, NOW) instanceof Hit) {
            assertThat(entry.expiresAt()).isAfter(NOW);
            assertThat(asked.noCache() || asked.forceRefresh()).isFalse();
            assertThat(asked.maxAge() == null
                    || Freshness.currentAge(entry, NOW).compareTo(asked.maxAge()) <= 0).isTrue();
            assertThat(asked.minFresh() == null
                    || Freshness.freshFor(entry, NOW).compareTo(asked.minFresh()) >= 0).isTrue();
        }
    }

    @Property
    void whatIsFreshAnswersARequestThatAsksForNothing(
            @ForAll("entries") Entry entry, @ForAll("endpoints") Endpoint endpoint) {
        boolean fresh = NOW.isBefore(entry.expiresAt());
        assertThat(CacheDecision.decide(entry, RequestDirectives.NONE, endpoint, NOW) instanceof Hit)
                .isEqualTo(fresh && endpoint.cacheable());
    }

    @Property
    void nothingIsGivenPastItsBounds(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        boolean given = CacheDecision.decide(entry, asked, endpoint, NOW) instanceof HitStale
                || CacheDecision.afterFailure(entry, asked, endpoint, NOW) instanceof ServeStaleOnError;
        if (given) {
            Duration stale = Duration.between(entry.expiresAt(), NOW);
            assertThat(endpoint.cacheable()).isTrue();
            assertThat(stale).isLessThanOrEqualTo(endpoint.stale().longest());
            if (asked.maxStale() != null && !stale.isNegative()) {
                assertThat(stale).isLessThanOrEqualTo(asked.maxStale());
            }
        }
    }

    @Property
    void aStaleAnswerThatIsGivenAtOnceWasFreshForAsLong(
            @ForAll("entries") Entry entry, @ForAll("endpoints") Endpoint endpoint) {
        if (CacheDecision.decide(entry, RequestDirectives.NONE, endpoint, NOW) instanceof HitStale) {
            assertThat(Duration.between(entry.expiresAt(), NOW))
                    .isLessThanOrEqualTo(Duration.between(entry.fetchedAt(), entry.expiresAt()))
                    .isLessThanOrEqualTo(endpoint.stale().whileRevalidate());
        }
    }

    @Property
    void whatIsGivenAtOnceIsGivenAlsoWhenTheUpstreamFails(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        CacheDecision decision = CacheDecision.decide(entry, asked, endpoint, NOW);
        if (decision instanceof Hit || decision instanceof HitStale) {
            assertThat(CacheDecision.afterFailure(entry, asked, endpoint, NOW)).isInstanceOf(ServeStaleOnError.class);
        }
    }

    @Property
    void onlyIfCachedNeverAsksTheUpstream(
            @ForAll("entries") Entry entry, @ForAll("endpoints") Endpoint endpoint) {
        RequestDirectives asked = RequestDirectives.of("only-if-cached", Flags.NONE);
        assertThat(CacheDecision.decide(entry, asked, endpoint, NOW)).isNotInstanceOfAny(Fetch.class, Revalidate.class);
        assertThat(CacheDecision.decide(null, asked, endpoint, NOW)).isInstanceOf(OnlyIfCachedMiss.class);
    }

    @Property
    void onlyWhatHasValidatorsIsRevalidated(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        if (CacheDecision.decide(entry, asked, endpoint, NOW) instanceof Revalidate revalidate) {
            assertThat(revalidate.validators()).isEqualTo(entry.validators());
            assertThat(entry.validators().isPresent()).isTrue();
            assertThat(asked.forceRefresh()).isFalse();
        }
    }

    @Property
    void theSameInputsGiveTheSameDecision(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        assertThat(CacheDecision.decide(entry, asked, endpoint, NOW))
                .isEqualTo(CacheDecision.decide(entry, asked, endpoint, NOW));
    }

    @Property
    void withoutCostlyDirectivesNothingCostsMore(
            @ForAll("entries") Entry entry, @ForAll("requests") RequestDirectives asked,
            @ForAll("endpoints") Endpoint endpoint) {
        CacheDecision plain = CacheDecision.decide(entry, RequestDirectives.NONE, endpoint, NOW);
        if (plain instanceof Hit) {
            assertThat(CacheDecision.decide(entry, asked.withoutCostly(), endpoint, NOW)).isEqualTo(plain);
        }
        assertThat(asked.withoutCostly().canCost()).isFalse();
    }

    @Property
    void anAgeIsNeverNegative(@ForAll("entries") Entry entry) {
        assertThat(Freshness.currentAge(entry, NOW)).isGreaterThanOrEqualTo(entry.initialAge());
    }

    @Test
    void withoutAnEntryTheUpstreamIsAsked() {
        Endpoint kept = endpoint(true, Duration.ZERO, Duration.ZERO);
        Endpoint notKept = endpoint(false, Duration.ZERO, Duration.ZERO);
        RequestDirectives forced = RequestDirectives.of(null, new Flags(true, null));
        assertThat(CacheDecision.decide(null, RequestDirectives.NONE, kept, NOW))
                .isEqualTo(new Fetch(ForwardReason.URI_MISS));
        assertThat(CacheDecision.decide(null, forced, kept, NOW)).isEqualTo(new Fetch(ForwardReason.REQUEST));
        assertThat(CacheDecision.decide(null, RequestDirectives.NONE, notKept, NOW))
                .isEqualTo(new Fetch(ForwardReason.BYPASS));
    }

    @ParameterizedTest
    @CsvSource({
        // Fresh for an hour until NOW less the first number of seconds; given stale for 600 s, on errors for 3,000 s.
        "'', 0, HitStale", "'', 600, HitStale", "'', 601, Fetch", "max-stale=100, 100, HitStale",
        "max-stale=100, 101, Fetch", "max-stale=0, 1, Fetch", "max-stale, 3000, HitStale", "max-stale, 3001, Fetch",
        "max-age=3700, 100, HitStale", "max-age=3700, 101, Fetch", "min-fresh=0, 1, Fetch", "'', -1, Hit",
        "min-fresh=60, -60, Hit", "min-fresh=60, -59, Fetch", "max-age=3540, -60, Hit", "max-age=3539, -60, Fetch",
        "no-cache, -60, Fetch", "no-store, -60, Hit", "'only-if-cached, max-stale=9', 10, OnlyIfCachedMiss",
        "only-if-cached, 10, HitStale", "'foo, max-age=x, MAX-AGE=\"1\"', -60, Fetch", "max-age=99999999999999, -60, Hit",
    })
    void followsTheRequestsDirectives(String cacheControl, long staleSeconds, String decision) {
        Instant expired = NOW.minusSeconds(staleSeconds);
        Entry entry = entry(expired.minus(Duration.ofHours(1)), Duration.ZERO, expired, Validators.NONE);
        Endpoint endpoint = endpoint(true, Duration.ofSeconds(600), Duration.ofSeconds(3_000));
        assertThat(CacheDecision.decide(entry, RequestDirectives.of(cacheControl, Flags.NONE), endpoint, NOW)
                .getClass().getSimpleName()).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource({
        "404, '{}', true", "200, '[]', true", "200, ' [ ] ', true", "200, '', true", "200, '[{}]', false",
        "200, '{}', false", "200, '[1', false",
    })
    void knowsAnswersThatSayThatThereIsNothing(int status, String body, boolean negative) {
        assertThat(CachePolicy.isNegative(status, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(negative);
    }

    @ParameterizedTest
    @CsvSource({
        "true, 200, true, true", "true, 404, true, true", "true, 200, false, false", "false, 200, true, false",
        "true, 400, true, false", "true, 204, true, false", "true, 500, true, false",
    })
    void keepsAnswersOnly(boolean cacheable, int status, boolean intact, boolean kept) {
        assertThat(new CachePolicy(Duration.ofMinutes(10)).isStorable(cacheable, status, intact)).isEqualTo(kept);
    }

    @Test
    void nothingFoundIsRememberedForAShorterTime() {
        CachePolicy policy = new CachePolicy(Duration.ofMinutes(10));
        assertThat(policy.lifetime(Duration.ofHours(24), null, false)).isEqualTo(Duration.ofHours(24));
        assertThat(policy.lifetime(Duration.ofHours(24), null, true)).isEqualTo(Duration.ofMinutes(10));
        assertThat(policy.lifetime(Duration.ofMinutes(1), null, true)).isEqualTo(Duration.ofMinutes(1));
        assertThat(policy.lifetime(Duration.ofHours(24), Duration.ofSeconds(5), false)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theStatusSaysWhatWasDone() {
        assertThat(CacheStatus.hit(Duration.ofSeconds(376), "near")).isEqualTo("RentCache; hit; ttl=376; detail=near");
        assertThat(CacheStatus.forwarded(ForwardReason.URI_MISS, 200, true, false, null))
                .isEqualTo("RentCache; fwd=uri-miss; fwd-status=200; stored");
        assertThat(CacheStatus.forwarded(ForwardReason.STALE, 0, false, true, "timed-out"))
                .isEqualTo("RentCache; fwd=stale; collapsed; detail=timed-out");
    }

    private static CacheDecision afterFailure(Duration ifError, Duration maxStale) {
        // Fresh for an hour, and stale for an hour.
        Entry entry = entry(NOW.minusSeconds(7_200), Duration.ZERO, NOW.minusSeconds(3_600), Validators.NONE);
        RequestDirectives asked = new RequestDirectives(false, false, false, false, null, null, maxStale, null);
        return CacheDecision.afterFailure(entry, asked, endpoint(true, Duration.ZERO, ifError), NOW);
    }

    @Test
    void aStaleAnswerIsGivenOnErrorsForAsLongAsItMay() {
        assertThat(afterFailure(Duration.ofHours(1), null)).isEqualTo(ServeStaleOnError.INSTANCE);
        assertThat(afterFailure(Duration.ofHours(1).minusSeconds(1), null)).isEqualTo(CacheDecision.Refuse.INSTANCE);
        assertThat(afterFailure(Duration.ofHours(9), Duration.ofHours(1))).isEqualTo(ServeStaleOnError.INSTANCE);
        assertThat(afterFailure(Duration.ofHours(9), Duration.ofMinutes(59))).isEqualTo(CacheDecision.Refuse.INSTANCE);
        assertThat(afterFailure(Duration.ZERO, Duration.ofHours(9))).as("no consumer asks for more than is given")
                .isEqualTo(CacheDecision.Refuse.INSTANCE);
    }

    private static CacheDecision decide(boolean noCache, Duration minFresh, Instant expiresAt) {
        Entry entry = entry(NOW.minusSeconds(7_200), Duration.ZERO, expiresAt, Validators.NONE);
        RequestDirectives asked = new RequestDirectives(false, noCache, false, false, null, minFresh, null, null);
        return CacheDecision.decide(entry, asked, endpoint(true, Duration.ofHours(1), Duration.ZERO), NOW);
    }

    @Test
    void whatIsAskedOfTheCacheIsHeardWhereTheAnswerIsStaleToo() {
        Instant hourAgo = NOW.minusSeconds(3_600);
        assertThat(decide(false, null, hourAgo)).isEqualTo(HitStale.REFRESHED);
        assertThat(decide(true, null, hourAgo)).isEqualTo(Fetch.STALE);
        assertThat(decide(false, Duration.ZERO, hourAgo)).as("a stale one is not fresh enough").isEqualTo(Fetch.STALE);
        assertThat(decide(false, Duration.ofHours(2), NOW.plusSeconds(3_600))).isEqualTo(Fetch.REQUEST);
        assertThat(decide(false, Duration.ofHours(1), NOW.plusSeconds(3_600))).isEqualTo(Hit.INSTANCE);
    }
}

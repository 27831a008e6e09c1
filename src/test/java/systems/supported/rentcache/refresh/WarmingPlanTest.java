package systems.supported.rentcache.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import systems.supported.rentcache.cache.SqlTier.Spell;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.refresh.WarmingPlan.Wanted;

/** Which questions are worth a call, and how lines of a file become questions. */
class WarmingPlanTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final QuestionReader READER = reader(null);

    private static QuestionReader reader(String origin) {
        try {
            return new QuestionReader(
                    CatalogFile.load(Map.of(), HOUR, Rate.parse("100/minute"), true), UnknownParameters.PASS, origin);
        } catch (SettingsException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static CanonicalRequest request(int number) {
        return READER.read(List.of("/v1/properties?zipCode=78244&offset=" + number)).requests().get(0);
    }

    /** An answer that was fetched so many minutes ago and is fresh for so many. */
    private static Wanted wanted(int number, Integer ageMinutes, int freshMinutes) {
        if (ageMinutes == null) {
            return new Wanted(request(number), null);
        }
        Instant fetched = NOW.minus(Duration.ofMinutes(ageMinutes));
        return new Wanted(request(number), new Spell(fetched, fetched.plus(Duration.ofMinutes(freshMinutes))));
    }

    @Property(tries = 200)
    void eachQuestionIsAskedAtMostOnceAndOnlyWhereItsAnswerIsNotGoodForAWhile(
            @ForAll @Size(max = 30) List<@IntRange(max = 2_000) Integer> ages,
            @ForAll @IntRange(max = 10) int repeat, @ForAll @IntRange(max = 120) int ahead) {
        List<Wanted> all = new ArrayList<>();
        for (int i = 0; i < ages.size(); i++) {
            all.add(wanted(i % (repeat + 1), ages.get(i) % 7 == 0 ? null : ages.get(i), 600));
        }
        WarmingPlan plan = WarmingPlan.of(all, Duration.ofMinutes(ahead), NOW);

        Set<CacheKey> asked = new HashSet<>();
        assertThat(plan.calls()).allSatisfy(call -> assertThat(asked.add(call.request().key())).isTrue());
        Set<CacheKey> seen = new HashSet<>();
        for (Wanted one : all) {
            if (seen.add(one.request().key())) {
                boolean good = one.kept() != null && one.kept().expiresAt().isAfter(NOW)
                        && !Duration.between(NOW, one.kept().expiresAt()).minusMinutes(ahead).isNegative();
                assertThat(asked.contains(one.request().key())).isEqualTo(!good);
            }
        }
        assertThat(plan.questions()).isEqualTo(seen.size());
        assertThat(plan.unknown() + plan.stale() + plan.ending()).isEqualTo(plan.calls().size());
    }

    @Property
    void itCostsAtMostThePriceOfEachCall(
            @ForAll @LongRange(max = 300) long included, @ForAll @LongRange(max = 500) long price,
            @ForAll @LongRange(max = 400) long before, @ForAll @IntRange(max = 20) int calls) {
        Plan money = new Plan(1_000, included, price);
        List<Wanted> all = new ArrayList<>();
        long cost = 0;
        for (int i = 0; i < calls; i++) {
            all.add(wanted(i, null, 0));
            cost += money.priceOf(before + i);
        }
        assertThat(WarmingPlan.of(all, HOUR, NOW).costAtMost(money, before)).isEqualTo(cost);
    }

    @Example
    void anAnswerThatIsNeverGoodForAnHourIsNotPaidForBeforeHalfOfItsTime() {
        assertThat(WarmingPlan.of(List.of(wanted(1, 14, 30)), HOUR, NOW).fresh()).isOne();
        WarmingPlan plan = WarmingPlan.of(List.of(wanted(1, 16, 30)), HOUR, NOW);
        assertThat(plan.ending()).isOne();
        assertThat(plan.calls().get(0).minFresh()).isEqualTo(Duration.ofMinutes(15));
        assertThat(WarmingPlan.of(List.of(wanted(1, 30, 30)), Duration.ZERO, NOW).stale()).isOne();
        assertThat(WarmingPlan.of(List.of(wanted(1, 29, 30)), Duration.ZERO, NOW).calls()).isEmpty();
    }

    @Example
    void linesAreRequestsCommentsOrWrong() {
        QuestionReader.Lines read = READER.read(List.of(
                "\uFEFF# what is asked each morning", "", "  /v1/properties?zipCode=78244  ",
                "/properties?zipCode=78244", "properties?zipCode=78244", "/v1/property?zipCode=78244",
                "/v1/properties?zipCode=78244&limit=many", "/v1/properties/random?zipCode=78244",
                "/v1/properties?zipCode=78244&force_refresh=true", "/v1/properties?city=%ZZ",
                "/api/v1/properties?zipCode=78244"));

        assertThat(read.requests()).extracting(CanonicalRequest::upstreamTarget)
                .hasSize(2).allMatch(target -> target.startsWith("/properties?"));
        assertThat(read.requests().get(0).key()).isEqualTo(read.requests().get(1).key());
        assertThat(read.wrong()).extracting(QuestionReader.WrongLine::number).containsExactly(5, 6, 7, 8, 9, 10, 11);
        assertThat(read.wrong().get(0).fault()).contains("begins with /");
        assertThat(read.wrong().get(1).fault()).contains("no endpoint");
        assertThat(read.wrong().get(2).toString())
                .startsWith("line 7: /v1/properties").contains("'limit' was given 'many'");
        assertThat(read.wrong().get(3).fault()).contains("never kept");
        assertThat(read.wrong().get(4).fault()).contains("force_refresh");
    }

    @Example
    void whatIsKeptIsAskedAgainOnlyOfItsOwnUpstream() {
        CanonicalRequest kept = request(1);
        assertThat(READER.of(kept.upstreamTarget(), kept.key()).orElseThrow().key()).isEqualTo(kept.key());
        assertThat(READER.of(kept.upstreamTarget(), request(2).key())).isEmpty();
        assertThat(READER.of("/nowhere", kept.key())).isEmpty();
        QuestionReader sandbox = reader("sandbox");
        assertThat(sandbox.of(kept.upstreamTarget(), kept.key())).isEmpty();
        CanonicalRequest apart = kept.apart("origin", "sandbox");
        assertThat(sandbox.of(apart.upstreamTarget(), apart.key()).orElseThrow().canonicalJson())
                .isEqualTo(apart.canonicalJson());
    }

    @Example
    void aPlanIsCutToItsFirstCalls() {
        WarmingPlan plan = WarmingPlan.of(
                List.of(wanted(1, null, 0), wanted(2, 700, 600), wanted(3, 590, 600)), Duration.ofMinutes(30), NOW);
        assertThat(plan.atMost(2).calls()).isEqualTo(plan.calls().subList(0, 2));
        assertThat(plan.atMost(2).questions()).isEqualTo(3);
        assertThat(plan.atMost(3)).isEqualTo(plan);
        assertThat(plan.atMost(4)).isEqualTo(plan);
    }

    @Example
    void anAnswerThatWasNeverFreshIsStale() {
        WarmingPlan plan = WarmingPlan.of(List.of(wanted(1, 0, 0), wanted(2, 5, -10)), Duration.ofMinutes(30), NOW);
        assertThat(plan.stale()).isEqualTo(2);
        assertThat(plan.calls()).allSatisfy(call -> assertThat(call.minFresh()).isZero());
    }

    @Example
    void aLineSaysWhatIsWrongWithIt() {
        QuestionReader.Lines lines = READER.read(List.of(
                "# nothing", "", "/v1/avm/value", "/v1/markets?zipCode=", "/v1/markets?zipCode=1", "/markets?zipCode=78244",
                "/v1/properties?city=" + "x".repeat(100) + "&limit=0"));
        assertThat(lines.requests()).hasSize(1);
        assertThat(lines.wrong()).extracting(QuestionReader.WrongLine::number).containsExactly(3, 4, 5, 7);
        assertThat(lines.wrong().get(0).fault()).startsWith("the request was given nothing; allowed: address");
        assertThat(lines.wrong().get(1).fault()).startsWith("'zipCode' was given nothing");
        assertThat(lines.wrong().get(2).fault()).startsWith("'zipCode' was given '1'");
        assertThat(lines.wrong().get(3).text()).hasSize(81).endsWith("…");
        assertThat(READER.of("/properties/random", CacheKey.of("{}"))).isEmpty();
        assertThat(READER.of("/nowhere", CacheKey.of("{}"))).isEmpty();
    }
}

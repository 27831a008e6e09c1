package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.cache.Answers.NOW;
import static systems.supported.rentcache.cache.Answers.answer;
import static systems.supported.rentcache.cache.Answers.key;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tier promises, whatever it is made of. */
abstract class TierContractTest {
    private static final Instant LATER = NOW.plusSeconds(10);
    private static final Instant LATER_STILL = NOW.plusSeconds(20);

    /** The tier, empty at the beginning of each test. */
    abstract Tier tier();

    /** Whether the tier says what it keeps, and counts what it invalidates. */
    boolean counts() {
        return true;
    }

    /** What the tier keeps of an answer: all of it, unless it says otherwise. */
    StoredAnswer kept(StoredAnswer answer) {
        return answer;
    }

    private void keep(StoredAnswer answer) {
        await(tier().put(answer));
        await(tier().flush());
    }

    private Optional<StoredAnswer> found(String question) {
        return await(tier().get(key(question)));
    }

    private void comesBackAsItWas(StoredAnswer answer) {
        keep(answer);
        StoredAnswer back = await(tier().get(answer.entry().key())).orElseThrow();
        assertThat(back.entry()).isEqualTo(kept(answer).entry());
        assertThat(back.body()).isEqualTo(answer.body());
        assertThat(back.gzip()).isEqualTo(answer.gzip());
    }

    @Test
    void hasNothingBeforeSomethingIsPut() {
        assertThat(found("{}")).isEmpty();
    }

    @Test
    void givesBackWhatWasPut() {
        comesBackAsItWas(answer("{}", "properties", NOW, "{\"price\":1}"));
    }

    @Test
    void keepsHeadersInOrderRepeatedOnesAndOddCharacters() {
        List<Header> headers = List.of(
                new Header("Link", "a"), new Header("X-Total-Count", "3"), new Header("Link", "b"),
                new Header("link", ""), new Header("X-Odd", "\"é\\ \u2028 漢字 \uD83C\uDFE0\u0001\t'%00"));
        comesBackAsItWas(Answers.with(
                "{\"city\":\"São Paulo \uD83C\uDFE0\"}", "properties", NOW, headers, Validators.NONE,
                Buffer.buffer("x"), null));
    }

    @Test
    void keepsEachFormOfABodyAndOfValidators() {
        Buffer body = Buffer.buffer("all the same ".repeat(1_000));
        List<Validators> all = List.of(
                Validators.NONE, new Validators("W/\"a\"", null), new Validators(null, "Sun, 01 Mar 2026 12:00:00 GMT"),
                new Validators("\"a\"", "Sun, 01 Mar 2026 12:00:00 GMT"));
        for (Validators validators : all) {
            comesBackAsItWas(Answers.with("{}", "properties", NOW, List.of(), validators, body, null));
            comesBackAsItWas(Answers.with("{}", "properties", NOW, List.of(), validators, body, Answers.gzip(body)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 5 << 20})
    void keepsBodiesOfAnyLength(int length) {
        Buffer body = Answers.random(length, length);
        comesBackAsItWas(Answers.with("{}", "properties", NOW, List.of(), Validators.NONE, body, null));
    }

    @Test
    void keepsALargeBodyWithItsCompressedForm() {
        Buffer body = Buffer.buffer("{\"city\":\"Austin\"},".repeat((5 << 20) / 18));
        comesBackAsItWas(
                Answers.with("{}", "properties", NOW, List.of(), Validators.NONE, body, Answers.gzip(body)));
    }

    @Test
    void whatIsPutIsFoundAtOnceAndReplacesWhatWasThere() {
        for (int i = 0; i < 20; i++) {
            tier().put(answer("{}", "properties", NOW.plusMillis(i), "body " + i));
            assertThat(found("{}").orElseThrow().body()).isEqualTo(Buffer.buffer("body " + i));
        }
        await(tier().flush());
        assertThat(found("{}").orElseThrow().body()).isEqualTo(Buffer.buffer("body 19"));
    }

    @Test
    void keepsStaleAnswersToo() {
        keep(answer("{}", "properties", NOW.minus(Duration.ofDays(2)), "old"));
        assertThat(found("{}")).isPresent();
    }

    private void keepThree() {
        keep(answer("one", "properties", NOW, "1"));
        keep(answer("two", "properties", NOW.plusSeconds(5), "2"));
        keep(answer("three", "markets", NOW, "3"));
    }

    private void leaves(Invalidation what, int covered, String... left) {
        keepThree();
        int count = await(tier().invalidate(what, LATER));
        if (counts()) {
            assertThat(count).isEqualTo(covered);
        }
        for (String question : List.of("one", "two", "three")) {
            assertThat(found(question).isPresent()).as(question).isEqualTo(List.of(left).contains(question));
        }
        for (String question : List.of("one", "two", "three")) {
            keep(answer(question, "properties", LATER_STILL, "new"));
            assertThat(found(question).orElseThrow().body()).as("put again").isEqualTo(Buffer.buffer("new"));
        }
    }

    @Test
    void invalidatesOneAnswer() {
        leaves(new Invalidation.OfKey(key("one")), 1, "two", "three");
    }

    @Test
    void invalidatesAnEndpoint() {
        leaves(new Invalidation.OfEndpoint("properties"), 2, "three");
    }

    @Test
    void invalidatesEverything() {
        leaves(new Invalidation.All(), 3);
    }

    @Test
    void invalidatesWhatWasFetchedBeforeAMoment() {
        leaves(new Invalidation.FetchedBefore(null, NOW.plusSeconds(1)), 2, "two");
    }

    @Test
    void invalidatesWhatWasFetchedBeforeAMomentOfAnEndpoint() {
        leaves(new Invalidation.FetchedBefore("properties", NOW.plusSeconds(1)), 1, "two", "three");
    }

    private static String question(String city, String state) {
        return "{\"endpoint\":\"/properties\",\"query_params\":{\"city\":\"" + city + "\",\"state\":\"" + state + "\"}}";
    }

    @Test
    void invalidatesByTheParametersOfQuestions() {
        String austin = question("Austin", "TX");
        String dallas = question("Dallas", "TX");
        String other = question("Austin", "MN");
        String odd = question("Austin\\\",\\\"state\\\":\\\"TX", "O'Brien % ü");
        List<String> questions = List.of(austin, dallas, other, odd);
        questions.forEach(question -> keep(answer(question, "properties", NOW, question)));
        int count = await(tier().invalidate(new Invalidation.OfTags(null, List.of("city:Austin", "state:TX")), LATER));
        assertThat(counts() ? count : 1).isEqualTo(1);
        assertThat(questions).filteredOn(question -> found(question).isPresent()).containsExactly(dallas, other, odd);
        await(tier().invalidate(new Invalidation.OfTags("markets", List.of("state:TX")), LATER));
        assertThat(found(dallas)).as("an answer of another endpoint").isPresent();
        await(tier().invalidate(new Invalidation.OfTags("properties", List.of("state:O'Brien % ü")), LATER));
        assertThat(questions).filteredOn(question -> found(question).isPresent()).containsExactly(dallas, other);
        await(tier().invalidate(new Invalidation.OfTags(null, List.of("city:austin")), LATER));
        assertThat(found(other)).as("letter case counts").isPresent();
    }

    @Test
    void anInvalidationOfNothingIsNoError() {
        assertThat(await(tier().invalidate(new Invalidation.OfKey(key("none")), LATER))).isZero();
        assertThat(await(tier().invalidate(new Invalidation.OfEndpoint("none"), LATER))).isZero();
    }

    @Test
    void neverMixesTwoAnswers() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            int base = writer * 1_000;
            all.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) {
                    await(tier().put(numbered(base + i)));
                }
            }));
        }
        for (int reader = 0; reader < 4; reader++) {
            all.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) {
                    found("{}").ifPresent(this::isOneOfThem);
                }
            }));
        }
        all.forEach(CompletableFuture::join);
        await(tier().flush());
        isOneOfThem(found("{}").orElseThrow());
    }

    /** An answer whose every part tells its number. */
    private static StoredAnswer numbered(int number) {
        Buffer body = Buffer.buffer(("number " + number + "\n").repeat(number % 7 * 500 + 1));
        return Answers.with(
                "{}", "properties", NOW.plusMillis(number), List.of(new Header("X-Number", "" + number)),
                new Validators("\"" + number + "\"", null), body, number % 2 == 0 ? null : Answers.gzip(body));
    }

    private void isOneOfThem(StoredAnswer answer) {
        int number = Integer.parseInt(answer.entry().headers().get(0).value());
        assertThat(answer).isEqualTo(kept(numbered(number)));
    }

    @Test
    void tellsWhatItKeeps() {
        if (!counts()) {
            assertThat(await(tier().statistics(NOW))).isEmpty();
            return;
        }
        keepThree();
        await(tier().touch(Map.of(key("one"), 3, key("two"), 1, key("unknown"), 1), NOW));
        assertThat(await(tier().statistics(NOW.plus(Duration.ofHours(1)).plusSeconds(1)))).containsExactly(
                new TierStatistics("markets", 1, 0, 0, 1), new TierStatistics("properties", 2, 1, 4, 2));
    }

    @Test
    void countsNothingWhereNothingIs() {
        await(tier().touch(Map.of(key("unknown"), 1), NOW));
        assertThat(await(tier().purge(NOW, Duration.ZERO))).isZero();
        assertThat(found("unknown")).isEmpty();
    }

    @Test
    void manyKeysDoNotMeet() {
        List<Future<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            puts.add(tier().put(answer("q" + i, "properties", NOW, "body " + i)));
        }
        await(Future.join(puts));
        for (int i = 0; i < 500; i++) {
            assertThat(found("q" + i).orElseThrow().body()).isEqualTo(Buffer.buffer("body " + i));
        }
    }
}

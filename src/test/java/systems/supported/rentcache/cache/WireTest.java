package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.limits.Rate;

/**
 * What nodes say to each other comes back as it was; from a node of the next version, and to one, too; and what cannot be
 * read is refused with words.
 */
class WireTest {
    private static final String QUESTION = "{\"endpoint\":\"/properties\",\"method\":\"GET\"}";
    private static final Catalog CATALOG = catalog();
    private static final CanonicalRequest ASKED = new CanonicalRequest(
            CATALOG.endpoint("properties").orElseThrow(), CacheKey.of(QUESTION), QUESTION, "/properties?zipCode=1", true);
    private static final RequestTrace TRACE = new RequestTrace("req-1", "a".repeat(32), "00-x", null);
    private static final UpstreamFailure FAILURE = new UpstreamFailure(
            Kind.BUDGET_SPENT, 0, Duration.ofMinutes(5), 7,
            new UpstreamFailure.SpentBudget("key", "12", Instant.parse("2026-04-01T00:00:00Z")));
    /** The program's next version: it reads today's messages, and writes them to who reads no newer ones. */
    private static final WireVersions NEXT = new WireVersions(1, 2);
    private static final ReplyWire.Bodies NO_BODIES = name -> {
        throw new IllegalArgumentException(name);
    };

    private static Catalog catalog() {
        try {
            return CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.parse("100/minute"), true);
        } catch (Exception wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static NearEntry entry() {
        StoredAnswer answer = Answers.answer(QUESTION, "properties", Answers.NOW, "{\"id\":1}");
        return new NearEntry(new StoredAnswer(answer.entry().slim(), answer.body(), answer.gzip()), QUESTION);
    }

    static List<LookupRequest> questions() {
        return List.of(
                new LookupRequest(ASKED, RequestDirectives.NONE, null, 5, false),
                new LookupRequest(ASKED, RequestDirectives.NONE, null, 0, true, TRACE),
                new LookupRequest(ASKED, new RequestDirectives(
                        true, false, true, false, Duration.ofSeconds(3), null, Duration.ofSeconds(9), Duration.ZERO),
                        null, 5, false, TRACE));
    }

    static List<LookupReply> replies() {
        NearEntry entry = entry();
        return List.of(
                new LookupReply.Found(entry, "sql", CacheDecision.Hit.INSTANCE),
                new LookupReply.Found(entry, "redis", new CacheDecision.HitStale(true)),
                new LookupReply.Found(entry, "near", new CacheDecision.HitStale(false)),
                new LookupReply.Fetched(entry, ForwardReason.URI_MISS, false, true, false, 30_000),
                new LookupReply.Fetched(entry, ForwardReason.STALE, true, false, true, 0),
                new LookupReply.StaleOnError(entry, FAILURE, ForwardReason.STALE, true),
                new LookupReply.Failed(FAILURE, ForwardReason.REQUEST, false),
                new LookupReply.OnlyIfCachedMiss());
    }

    static List<UpstreamReply> calls() {
        return List.of(
                new UpstreamReply.Answered(
                        200, List.of(new Header("Content-Type", "application/json")), Buffer.buffer("{}"),
                        new Validators("\"e\"", null), Duration.ofSeconds(2), Answers.NOW, true, 30_000),
                new UpstreamReply.NotModified(Answers.NOW),
                new UpstreamReply.Failed(FAILURE));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aQuestionComesBack(LookupRequest question) throws Exception {
        QuestionWire wire = new QuestionWire(CATALOG);
        assertThat(wire.readLookup(wire.write(question, 1))).isEqualTo(question);
    }

    @Test
    void aCallComesBack() throws Exception {
        QuestionWire wire = new QuestionWire(CATALOG);
        UpstreamRequest call = new UpstreamRequest(ASKED, new Validators("\"e\"", "Tue"), null, 5, true, TRACE);
        assertThat(wire.readCall(wire.write(call, 1))).isEqualTo(call);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void aReplyComesBackWithTheQuestionsText(LookupReply reply) throws Exception {
        ReplyWire wire = new ReplyWire();
        assertSame(wire.readLookup(wire.write(reply, ASKED, null, 1), ASKED, NO_BODIES), reply);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void whatTheUpstreamSaidComesBack(UpstreamReply reply) throws Exception {
        ReplyWire wire = new ReplyWire();
        assertThat(wire.readCall(wire.write(reply, null, 1), NO_BODIES)).isEqualTo(reply);
    }

    @Test
    void aBodyThatIsStillComingIsNamed() throws Exception {
        ReplyWire wire = new ReplyWire();
        LookupReply reply = new LookupReply.Streaming(200, List.of(new Header("A", "b")), 9, null, ForwardReason.URI_MISS, 3);
        List<String> asked = new ArrayList<>();
        LookupReply read = wire.readLookup(wire.write(reply, ASKED, "body-7", 1), ASKED, name -> {
            asked.add(name);
            return null;
        });
        assertThat(read).isEqualTo(reply);
        assertThat(asked).containsExactly("body-7");
    }

    @Test
    void whatWouldBeSaidToACallComesBack() throws Exception {
        ReplyWire wire = new ReplyWire();
        UpstreamOutlook refused = new UpstreamOutlook("open", FAILURE, 3);
        UpstreamOutlook free = new UpstreamOutlook("closed", null, 0);
        assertThat(wire.readOutlook(wire.write(refused, 1))).isEqualTo(refused);
        assertThat(wire.readOutlook(wire.write(free, 1))).isEqualTo(free);
    }

    /** What the next version writes to one of this version: today's form, with more members than are known today. */
    private static Buffer asTheNextVersionWrites(Buffer message) throws Exception {
        WireMessage known = WireMessage.read(message, NEXT);
        JsonObject more = known.head().copy().put("priority", "high").put("later", new JsonObject().put("a", 1));
        if (more.getValue("directives") instanceof JsonObject directives) {
            directives.put("newDirective", true);
        }
        return new WireMessage(more, known.body()).write(NEXT.agreedWith(WireVersions.OWN).orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("questions")
    void theNextVersionsQuestionIsAnsweredByThisOneAndItReadsTheReply(LookupRequest question) throws Exception {
        QuestionWire next = new QuestionWire(CATALOG, NEXT);
        int agreed = NEXT.agreedWith(WireVersions.OWN).orElseThrow();
        Buffer sent = asTheNextVersionWrites(next.write(question, agreed));

        assertThat(new QuestionWire(CATALOG).readLookup(sent)).isEqualTo(question);

        for (LookupReply reply : replies()) {
            Buffer answered = new ReplyWire().write(reply, ASKED, null, sent.getUnsignedByte(0));
            assertSame(new ReplyWire(NEXT).readLookup(answered, ASKED, NO_BODIES), reply);
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void thisVersionsQuestionIsAnsweredByTheNextAndThisOneReadsTheReply(LookupRequest question) throws Exception {
        int agreed = WireVersions.OWN.agreedWith(NEXT).orElseThrow();
        Buffer sent = new QuestionWire(CATALOG).write(question, agreed);

        assertThat(new QuestionWire(CATALOG, NEXT).readLookup(sent)).isEqualTo(question);

        for (LookupReply reply : replies()) {
            Buffer answered = asTheNextVersionWrites(new ReplyWire(NEXT).write(reply, ASKED, null, sent.getUnsignedByte(0)));
            assertSame(new ReplyWire().readLookup(answered, ASKED, NO_BODIES), reply);
        }
    }

    @Test
    void membersOfALaterTimeThatAreMissingHaveTheirFirstMeaning() throws Exception {
        Buffer bare = new WireMessage(new JsonObject().put("endpoint", "properties").put("question", QUESTION)
                .put("target", ASKED.upstreamTarget()), Buffer.buffer()).write(1);
        LookupRequest read = new QuestionWire(CATALOG).readLookup(bare);
        assertThat(read.directives()).isEqualTo(RequestDirectives.NONE);
        assertThat(read.keyId()).isZero();
        assertThat(read.background()).isFalse();
    }

    @Test
    void anUnknownVersionIsRefusedWithBothVersions() {
        Buffer newer = new QuestionWire(CATALOG, NEXT).write(questions().get(0), 2);
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new QuestionWire(CATALOG).readLookup(newer))
                .withMessage("The message cannot be read: it is of version 2, and this node reads version 1.");
    }

    @Test
    void nodesWithoutACommonVersionDoNotAgree() {
        assertThat(new WireVersions(2, 3).agreedWith(WireVersions.OWN)).isEmpty();
        assertThat(WireVersions.OWN.agreedWith(new WireVersions(2, 3))).isEmpty();
        assertThat(new WireVersions(1, 3).agreedWith(new WireVersions(2, 5))).hasValue(3);
    }

    @Test
    void anEndpointThatIsNotKnownHereIsNamed() {
        Buffer foreign = new WireMessage(new JsonObject().put("endpoint", "moon").put("question", "{}")
                .put("target", "/"), Buffer.buffer()).write(1);
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new QuestionWire(CATALOG).readLookup(foreign)).withMessageContaining("'moon'");
    }

    @Test
    void theAnswerToAnotherQuestionIsRefused() {
        Buffer reply = new ReplyWire().write(replies().get(0), ASKED, null, 1);
        CanonicalRequest other = ASKED.apart("for", "another");
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new ReplyWire().readLookup(reply, other, NO_BODIES));
    }

    @Test
    void aConsumersKeyNeverLeaves() {
        LookupRequest question = new LookupRequest(
                ASKED, RequestDirectives.NONE, new ConsumerKey("secret"), 5, false);
        assertThatIllegalArgumentException().isThrownBy(() -> new QuestionWire(CATALOG).write(question, 1));
    }

    @Property(tries = 500)
    void whateverTheBytesAreReadingRefusesThemWithWords(@ForAll byte[] bytes, @ForAll boolean begun) {
        Buffer noise = begun ? Buffer.buffer(new byte[] {1, 0, 0, 0, 2, '{', '}'}).appendBytes(bytes) : Buffer.buffer(bytes);
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new QuestionWire(CATALOG).readLookup(noise));
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new ReplyWire().readLookup(noise, ASKED, NO_BODIES));
        assertThatExceptionOfType(UnreadableMessageException.class)
                .isThrownBy(() -> new ReplyWire().readCall(noise, NO_BODIES));
    }

    /** Prepared answers are compared by what they are made of. */
    private static void assertSame(LookupReply read, LookupReply written) {
        assertThat(read).usingRecursiveComparison()
                .withEqualsForType((one, other) -> same(one.answer(), other.answer()), NearEntry.class)
                .isEqualTo(written);
    }

    private static boolean same(StoredAnswer one, StoredAnswer other) {
        return one.entry().asked(ASKED).equals(other.entry().asked(ASKED)) && one.body().equals(other.body());
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.EntryCodec.Corrupt;
import systems.supported.rentcache.cache.EntryCodec.Decoded;
import systems.supported.rentcache.cache.EntryCodec.Foreign;
import systems.supported.rentcache.cache.EntryCodec.Outcome;
import systems.supported.rentcache.cache.EntryCodec.UnknownVersion;
import systems.supported.rentcache.catalog.CacheKey;

/** The laws of the entries' bytes. */
class EntryCodecTest {
    private static final CacheKey OTHER = CacheKey.of("another question");

    /** Any Java strings, also such as are no Unicode text. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(20),
                Arbitraries.strings().ascii().ofMaxLength(300),
                Arbitraries.strings().withCharRange('\u0000', '\uffff').ofMaxLength(5),
                Arbitraries.of("", "\uD83C", "\uDFE0\uD83C", "é", "ÿ\u0100"));
    }

    @Provide
    Arbitrary<StoredAnswer> answers() {
        Arbitrary<Header> headers = Combinators.combine(texts(), texts()).as(Header::new);
        Arbitrary<Validators> validators =
                Combinators.combine(texts().injectNull(0.3), texts().injectNull(0.3)).as(Validators::new);
        Arbitrary<Long> millis = Arbitraries.longs();
        Arbitrary<byte[]> bodies = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        return Combinators.combine(
                        texts().list().ofSize(4), headers.list().ofMaxSize(5), validators, millis, millis, millis,
                        Arbitraries.integers(), Combinators.combine(bodies, Arbitraries.of(true, false)).as(
                                (bytes, zipped) -> new Buffer[] {
                                    Buffer.buffer(bytes), zipped ? Answers.gzip(Buffer.buffer(bytes)) : null}))
                .as((four, all, two, fetched, age, expires, status, body) -> new StoredAnswer(new Entry(
                        CacheKey.of(four.get(1)), four.get(0), four.get(1), four.get(2), status, all, four.get(3), two,
                        Instant.ofEpochMilli(fetched), Duration.ofMillis(age), Instant.ofEpochMilli(expires)),
                        body[0], body[1]));
    }

    private static byte[] encoded(StoredAnswer answer) {
        return EntryCodec.encode(answer).getBytes();
    }

    private static Outcome decoded(byte[] bytes, StoredAnswer answer) {
        return EntryCodec.decode(bytes, answer.entry().key());
    }

    @Property
    void anyAnswerComesBackAsItWas(@ForAll("answers") StoredAnswer answer) {
        assertThat(decoded(encoded(answer), answer)).isEqualTo(new Decoded(answer));
    }

    @Property
    void anyBytesAreReadWithoutAFuss(@ForAll byte[] bytes) {
        assertThat(EntryCodec.decode(bytes, OTHER)).isNotInstanceOf(Decoded.class);
        EntryCodec.isLarge(bytes);
    }

    @Property
    void whatIsCutIsNoAnswer(@ForAll("answers") StoredAnswer answer, @ForAll @IntRange(max = 10_000) int cut) {
        byte[] whole = encoded(answer);
        assertThat(decoded(Arrays.copyOf(whole, cut % whole.length), answer)).isNotInstanceOf(Decoded.class);
    }

    @Property
    void whatIsLongerIsNoAnswer(@ForAll("answers") StoredAnswer answer, @ForAll byte[] more) {
        byte[] longer = Buffer.buffer(encoded(answer)).appendBytes(more).getBytes();
        if (more.length > 0) {
            assertThat(decoded(longer, answer)).isInstanceOf(Corrupt.class);
        }
    }

    @Property
    void aFlippedBitIsNoAnswer(@ForAll("answers") StoredAnswer answer, @ForAll @IntRange(max = 100_000) int bit) {
        byte[] bytes = encoded(answer);
        int flipped = bit % (8 * bytes.length);
        bytes[flipped / 8] ^= (byte) (1 << flipped % 8);
        assertThat(decoded(bytes, answer)).isNotInstanceOf(Decoded.class);
    }

    /** Bytes changed by someone who sets the checksum right. */
    @Property
    void changedBytesWithARightChecksumThrowNothing(
            @ForAll("answers") StoredAnswer answer, @ForAll @IntRange(max = 100_000) int place, @ForAll byte value,
            @ForAll @IntRange(max = 50) int cut) {
        byte[] whole = encoded(answer);
        byte[] bytes = Arrays.copyOf(whole, Math.max(80, whole.length - cut));
        bytes[9 + place % (bytes.length - 9)] = value;
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, 5);
        sum.update(bytes, 9, bytes.length - 9);
        ByteBuffer.wrap(bytes).putInt(5, (int) sum.getValue());
        Outcome outcome = decoded(bytes, answer);
        if (outcome instanceof Decoded read) {
            assertThat(read.answer().entry().key()).isEqualTo(answer.entry().key());
        }
    }

    @Test
    void theAnswerToAnotherQuestionIsForeign() {
        StoredAnswer answer = Answers.answer("{}", "properties", Answers.NOW, "body");
        assertThat(EntryCodec.decode(encoded(answer), OTHER)).isEqualTo(new Foreign());
        assertThat(EntryCodec.decode("{\"json\":true}".getBytes(), OTHER)).isEqualTo(new Foreign());
    }

    @Test
    void otherVersionsAreKnownForThat() {
        StoredAnswer answer = Answers.answer("{}", "properties", Answers.NOW, "body");
        byte[] bytes = encoded(answer);
        bytes[4] = 2;
        assertThat(decoded(bytes, answer)).isEqualTo(new UnknownVersion(2));
        assertThat(new UnknownVersion(2).isNewer()).isTrue();
        bytes[4] = 0;
        assertThat(decoded(bytes, answer)).isEqualTo(new UnknownVersion(0));
        assertThat(new UnknownVersion(0).isNewer()).isFalse();
    }

    @Test
    void isCompact() {
        Buffer body = Buffer.buffer("{\"zipCode\":\"78244\"}".repeat(100));
        StoredAnswer answer = Answers.with(
                "{}", "properties", Answers.NOW, List.of(new Header("X-Total-Count", "1")), Validators.NONE, body,
                Answers.gzip(body));
        assertThat(encoded(answer).length - answer.gzip().length()).isLessThan(150);
    }
}

package systems.supported.rentcache.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of addresses, blocks of them, and the chain of proxies. */
class PeerTest {
    private static final TrustedProxies NAMED = trusting(ProxyHeader.X_FORWARDED_FOR, "10.0.0.0/8", "fd00::/8");
    private static final TrustedProxies STANDARD = trusting(ProxyHeader.FORWARDED, "10.0.0.0/8", "fd00::/8");

    private static TrustedProxies trusting(ProxyHeader header, String... blocks) {
        return new TrustedProxies(
                List.of(blocks).stream().map(block -> AddressBlock.parse(block).orElseThrow()).toList(), header);
    }

    private static PeerAddress address(String text) {
        return PeerAddress.parse(text).orElseThrow();
    }

    @Provide
    Arbitrary<PeerAddress> addresses() {
        Arbitrary<PeerAddress> six = Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(PeerAddress::new);
        Arbitrary<PeerAddress> four = Arbitraries.integers().map(bits ->
                PeerAddress.of(ByteBuffer.allocate(4).putInt(bits).array()));
        return Arbitraries.oneOf(six, four);
    }

    @Property
    void anAddressIsReadAsItIsWritten(@ForAll("addresses") PeerAddress address) throws Exception {
        assertThat(PeerAddress.parse(address.toString())).contains(address);
        assertThat(PeerAddress.of(InetAddress.getByName(address.toString()).getAddress())).isEqualTo(address);
    }

    @Property
    void whateverIsReadNothingIsLookedUpAndNothingFails(@ForAll String text) {
        Optional<PeerAddress> read = PeerAddress.parse(text);
        read.ifPresent(address -> assertThat(PeerAddress.parse(address.toString())).contains(address));
        AddressBlock.parse(text).ifPresent(block -> assertThat(block.contains(block.first())).isTrue());
    }

    @Property
    void aBlockHoldsThoseThatBeginAlike(
            @ForAll("addresses") PeerAddress one, @ForAll("addresses") PeerAddress other,
            @ForAll @IntRange(max = 128) int prefix) {
        AddressBlock block = AddressBlock.parse(six(one) + "/" + prefix).orElseThrow();
        assertThat(block.contains(one)).isTrue();
        assertThat(block.contains(other)).isEqualTo(bits(one).substring(0, prefix).equals(bits(other).substring(0, prefix)));
    }

    private static String six(PeerAddress address) {
        StringBuilder text = new StringBuilder();
        String bits = bits(address);
        for (int i = 0; i < 128; i += 16) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString(Integer.parseInt(bits.substring(i, i + 16), 2)));
        }
        return text.toString();
    }

    private static String bits(PeerAddress address) {
        return binary(address.high()) + binary(address.low());
    }

    private static String binary(long bits) {
        String text = Long.toBinaryString(bits);
        return "0".repeat(64 - text.length()) + text;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "10.0.0", "10.0.0.256", "10.0.0.0/33", "::/129", "::1/", "10.0.0.0/-1", "10.0.0.0/8/8", "example.com",
        "[::1]", "fe80::1%1", "10.0.0.0/08x"})
    void whatIsNoBlockIsRefused(String text) {
        assertThat(AddressBlock.parse(text)).isEmpty();
    }

    @Test
    void anAddressIsTheSameOneOnBothKindsOfSocket() {
        assertThat(address("::ffff:192.0.2.1")).isEqualTo(address("192.0.2.1")).hasToString("192.0.2.1");
        assertThat(address("2001:db8:1:2:3:4:5:6").holder()).isEqualTo(address("2001:db8:1:2::9").holder());
        assertThat(address("192.0.2.1").holder()).isNotEqualTo(address("192.0.2.2").holder());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "192.0.2.9 | 198.51.100.1            | 192.0.2.9",
        "10.0.0.1  | 198.51.100.1            | 198.51.100.1",
        "10.0.0.1  | 1.1.1.1, 198.51.100.1   | 198.51.100.1",
        "10.0.0.1  | 1.1.1.1, 198.51.100.1, 10.9.9.9 | 198.51.100.1",
        "10.0.0.1  | 10.0.0.2, 10.0.0.3      | 10.0.0.2",
        "10.0.0.1  | 198.51.100.1:4711       | 198.51.100.1",
        "10.0.0.1  | [2001:db8::7]:4711      | 2001:db8::7",
        "10.0.0.1  | 2001:db8::7             | 2001:db8::7",
        "10.0.0.1  | 1.1.1.1, unknown        | 10.0.0.1",
        "10.0.0.1  | 1.1.1.1, 10.0.0.7, _x   | 10.0.0.1",
        "10.0.0.1  | 1.1.1.1, bad, 10.0.0.7  | 10.0.0.7",
        "fd00::1   | 198.51.100.1            | 198.51.100.1",
    })
    void theConsumerIsTheLastWhoIsNotTrusted(String peer, String value, String consumer) {
        assertThat(NAMED.consumer(address(peer), value)).hasToString(consumer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "10.0.0.1 | for=198.51.100.1                                 | 198.51.100.1",
        "10.0.0.1 | for=1.1.1.1, For=198.51.100.1;proto=https;by=10.0.0.1 | 198.51.100.1",
        "10.0.0.1 | proto=https; for=\"[2001:db8:cafe::17]:4711\"    | 2001:db8:cafe::17",
        "10.0.0.1 | for=\"198.51.100.1:80\", for=10.0.0.4            | 198.51.100.1",
        "10.0.0.1 | for=1.1.1.1, by=\"a,b\"                          | 10.0.0.1",
        "10.0.0.1 | for=_hidden, for=unknown                         | 10.0.0.1",
        "10.0.0.1 | host=\"a, for=1.1.1.1\";for=198.51.100.1         | 198.51.100.1",
    })
    void theStandardsHeaderSaysTheSame(String peer, String value, String consumer) {
        assertThat(STANDARD.consumer(address(peer), value)).hasToString(consumer);
    }

    /** Whatever a consumer writes into the header, its own address is what the trusted proxy adds behind it. */
    @Property
    void nobodyChoosesAnAddress(
            @ForAll String forged, @ForAll("addresses") PeerAddress real, @ForAll("addresses") PeerAddress untrusted) {
        if (!NAMED.contains(real)) {
            assertThat(NAMED.consumer(address("10.0.0.1"), forged + ", " + real)).isEqualTo(real);
        }
        if (!NAMED.contains(untrusted)) {
            assertThat(NAMED.consumer(untrusted, forged)).isEqualTo(untrusted);
        }
    }

    @Property
    void aChainOfAnyLengthIsGone(@ForAll @Size(max = 50) List<@IntRange(max = 255) Integer> hops) {
        StringBuilder value = new StringBuilder("198.51.100.1");
        hops.forEach(hop -> value.append(", 10.1.1.").append(hop));
        assertThat(NAMED.consumer(address("10.0.0.1"), value.toString())).hasToString("198.51.100.1");
        assertThat(NAMED.consumer(address("10.0.0.1"), null)).hasToString("10.0.0.1");
        assertThat(new TrustedProxies(List.of(), ProxyHeader.FORWARDED).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1, true", "10.0.0.1, 10.0.0.2, false", "10.0.0.0/32, 10.0.0.0, true",
        "10.0.0.0/32, 10.0.0.1, false", "0.0.0.0/0, 203.0.113.9, true", "0.0.0.0/0, 2001:db8::1, false",
        "::1/128, ::1, true", "::/0, 203.0.113.9, true", "::ffff:10.0.0.0/104, 10.9.9.9, true",
    })
    void aBlockIsOfItsOwnKind(String block, String address, boolean held) {
        assertThat(AddressBlock.parse(block).orElseThrow().contains(address(address))).isEqualTo(held);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[2001:db8::7]x", "[2001:db8::7", "198.51.100.1:", "198.51.100.1:port", "198.51.100.1:123456"})
    void whatIsNoAddressAndPortIsNobody(String node) {
        assertThat(NAMED.consumer(address("10.0.0.1"), node)).hasToString("10.0.0.1");
    }

    @Test
    void quotesBelongToTheStandardsHeaderInPairs() {
        assertThat(STANDARD.consumer(address("10.0.0.1"), "for=\"")).hasToString("10.0.0.1");
        assertThat(STANDARD.consumer(address("10.0.0.1"), "for=\"\"")).hasToString("10.0.0.1");
        assertThat(STANDARD.consumer(address("10.0.0.1"), ",for=198.51.100.1")).hasToString("198.51.100.1");
        assertThat(STANDARD.isEmpty()).isFalse();
    }
}

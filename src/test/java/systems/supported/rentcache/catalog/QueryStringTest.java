package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.catalog.QueryString.MalformedException;
import systems.supported.rentcache.catalog.QueryString.TooManyException;

/** How targets are decoded and encoded. */
class QueryStringTest {
    @Example
    void aParameterEndsAtItsAmpersand() throws Exception {
        assertThat(QueryString.parse("a=1&b&c=&=d&&e=f=g", 9)).containsExactly(
                new QueryParameter("a", "1"), new QueryParameter("b", ""), new QueryParameter("c", ""),
                new QueryParameter("", "d"), new QueryParameter("e", "f=g"));
        assertThat(QueryString.parse("b&a=1", 9)).containsExactly(
                new QueryParameter("b", ""), new QueryParameter("a", "1"));
        assertThat(QueryString.parse(null, 9)).isEmpty();
        assertThat(QueryString.parse("", 9)).isEmpty();
    }

    @Example
    void asManyParametersAreTakenAsThereMayBe() throws Exception {
        assertThat(QueryString.parse("a&b&&", 2)).hasSize(2);
        assertThatThrownBy(() -> QueryString.parse("a&b&c", 2)).isInstanceOf(TooManyException.class);
    }

    @Example
    void escapesAndPlusesAreDecodedWhereverTheyStand() throws Exception {
        assertThat(QueryString.decode("%41", true)).isEqualTo("A");
        assertThat(QueryString.decode("+a+", true)).isEqualTo(" a ");
        assertThat(QueryString.decode("+a", false)).isEqualTo("+a");
        assertThat(QueryString.decode("a%20", false)).isEqualTo("a ");
        assertThat(QueryString.decode("%00%10%0F", false)).isEqualTo("\u0000\u0010\u000F");
        assertThat(QueryString.decode("%c3%A9", false)).isEqualTo("é");
    }

    @Example
    void whatIsNotEscapedIsAByteOfUtf8() throws Exception {
        assertThat(QueryString.decode("\u00c3\u00a9", false)).isEqualTo("é");
        assertThat(QueryString.decode("\u0100漢", false)).isEqualTo("\u0100漢");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%4", "%4", "%G0", "%0G", "%\uff11" + "1", "%1\uff11", "%ff", "\u00ff", "\u0080", "%C3"})
    void whatIsNotUtf8IsMalformed(String text) {
        assertThatThrownBy(() -> QueryString.decode(text, false)).isInstanceOf(MalformedException.class);
    }

    @Property
    void whatIsEncodedIsDecodedAgain(@ForAll @StringLength(max = 20) String text) throws Exception {
        String clean = new String(text.getBytes(StandardCharsets.UTF_8),
                StandardCharsets.UTF_8);
        assertThat(QueryString.decode(QueryString.encode(clean), true)).isEqualTo(clean);
    }

    @Example
    void whatNeedsNoEscapeHasNone() {
        assertThat(QueryString.encode("azAZ09-._~,:*")).isEqualTo("azAZ09-._~,:*");
        assertThat(QueryString.encode("`{@[/;")).isEqualTo("%60%7B%40%5B%2F%3B");
        assertThat(QueryString.encode("é &=+%")).isEqualTo("%C3%A9%20%26%3D%2B%25");
    }

    @Example
    void controlsAndHalvesOfCharactersAreNotClean() {
        assertThat(QueryString.isClean("a~é漢😀")).isTrue();
        assertThat(QueryString.isClean("a\u0000")).isFalse();
        assertThat(QueryString.isClean("\u0085")).isFalse();
        assertThat(QueryString.isClean("\ud83d")).isFalse();
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Headers that many answers have in common. */
class SharedHeadersTest {
    private static List<Header> headers(String type, String count) {
        // Texts of their own, as they come from the network or a store.
        return List.of(
                new Header(new String("Content-Type"), new String(type)),
                new Header(new String("X-Total-Count"), new String(count)));
    }

    @Test
    void theSameHeadersAreKeptOnce() {
        SharedHeaders one = SharedHeaders.of(headers("application/json", "7"));
        assertThat(SharedHeaders.of(headers("application/json", "7"))).isSameAs(one);
        assertThat(SharedHeaders.of(headers("application/json", "8"))).isNotSameAs(one);
        assertThat(SharedHeaders.of(headers("text/plain", "7"))).isNotSameAs(one);
    }

    @Test
    void theTotalCountStandsApart() {
        SharedHeaders shared = SharedHeaders.of(headers("application/json", "7"));
        assertThat(shared.headers()).isEqualTo(headers("application/json", "7"));
        assertThat(Arrays.stream(shared.fields()).map(CharSequence::toString))
                .containsExactly("Content-Type", "application/json");
        assertThat(shared.totalCount()).hasToString("7");
        assertThat(SharedHeaders.of(List.of()).totalCount()).isNull();
    }

    @Test
    void whatWouldEndALineIsASpace() {
        SharedHeaders shared = SharedHeaders.of(List.of(new Header("X-Note", "one\r\nX-Injected: two\0")));
        assertThat(shared.fields()[1]).hasToString("one  X-Injected: two ");
        assertThat(new String(shared.lines(), StandardCharsets.ISO_8859_1))
                .isEqualTo("X-Note: one  X-Injected: two \r\n");
    }

    @Test
    void whatWouldEndTheHeadOrMoveTheBodysEndIsNotSent() {
        SharedHeaders shared = SharedHeaders.of(List.of(
                new Header("X:Y", "1"), new Header("X Y", "1"), new Header("", "1"), new Header("X\r\nY", "1"),
                new Header("transfer-encoding", "chunked"), new Header("Content-Length", "7"),
                new Header("Connection", "close"), new Header("X_Y", "1")));
        assertThat(shared.lines()).asString().isEqualTo("X_Y: 1\r\n");
    }

    @Test
    void nearEntriesShareThem() {
        NearCache near = new NearCache(1 << 20);
        NearEntry one = near.put(Answers.answer("one", "properties", Answers.NOW, new String("{}")));
        NearEntry other = near.put(Answers.answer("other", "properties", Answers.NOW, new String("{}")));
        assertThat(one.answer().entry().headers()).isNotEmpty().isSameAs(other.answer().entry().headers());
        assertThat(one.sharedHeaders()).isSameAs(other.sharedHeaders());
    }
}

package systems.supported.rentcache.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of a file. */
class JsonLineTest {
    private static Map<String, Object> read(String line) {
        return JsonLine.read(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsWrittenIsRead() {
        Map<String, Object> row = Map.of("a", "ü \"\\\n\u2028\uD83D\uDE00", "b", Long.MIN_VALUE, "c", "");
        assertThat(JsonLine.write(row)).doesNotContain("\n");
        assertThat(read(JsonLine.write(row))).isEqualTo(row);
        Map<String, Object> empty = new HashMap<>();
        empty.put("a", null);
        assertThat(read("{\"a\":null}")).isEqualTo(empty);
    }

    @Test
    void aTextMayBeLargerThanJacksonAllowsByItself() {
        Map<String, Object> row = Map.of("body", "x".repeat(21_000_000));
        assertThat(read(JsonLine.write(row)).equals(row)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "[]", "1", "{", "{\"a\"", "{\"a\":1", "{\"a\":1}}", "{\"a\":1} {}", "{\"a\":1.5}", "{\"a\":true}",
        "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":99999999999999999999}", "{'a':1}", "\u0000", "{\"a\":\"\n\"}"})
    void whatIsNoFlatObjectIsRefused(String line) {
        assertThatThrownBy(() -> read(line)).isInstanceOf(IllegalArgumentException.class).hasMessageMatching("[a-z].*");
    }
}

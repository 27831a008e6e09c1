package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.SharedHeaders;

class HeadBytesTest {
    private final HeadBytes head = new HeadBytes();

    @Test
    void isWhatTheProtocolSends() {
        head.begin();
        head.add(new AsciiString("Age"), new AsciiString("--12".getBytes(StandardCharsets.US_ASCII), 2, 2, false));
        head.add("X-Request-Id", "mine");
        assertThat(text()).isEqualTo("HTTP/1.1 200 OK\r\nAge: 12\r\nX-Request-Id: mine\r\n\r\n");
    }

    @Test
    void nothingOfTheLastIsInTheNext() {
        head.begin();
        head.add("Age", "1".repeat(5_000));
        head.begin();
        assertThat(text()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @Test
    void takesAnUpstreamsHeadersAtOnce() {
        SharedHeaders headers = SharedHeaders.of(List.of(
                new Header("Content-Type", "application/json"), new Header("X-Total-Count", "7"),
                new Header("Last-Modified", "Mon, 01 Mar 2027 12:00:00 GMT")));
        head.begin();
        head.addAll(headers);
        StringBuilder each = new StringBuilder("HTTP/1.1 200 OK\r\n");
        HeaderSink oneByOne = (name, value) -> each.append(name).append(": ").append(value).append("\r\n");
        oneByOne.addAll(headers);
        assertThat(text()).isEqualTo(each.append("\r\n").toString());
    }

    /** Each header is one line, whatever is in its value. */
    @Property
    void isOneLineForEachHeader(@ForAll List<String> values) {
        head.begin();
        values.forEach(value -> head.add("X-Any", value));
        String[] lines = text().split("\r\n", -1);
        assertThat(lines).hasSize(values.size() + 3);
        for (int i = 0; i < values.size(); i++) {
            assertThat(lines[i + 1]).startsWith("X-Any: ").hasSize("X-Any: ".length() + values.get(i).length())
                    .doesNotContain("\r", "\n", "\0");
        }
    }

    private String text() {
        ByteBuf buffer = Unpooled.buffer();
        head.writeTo(buffer);
        assertThat(buffer.readableBytes()).isEqualTo(head.length());
        return buffer.toString(StandardCharsets.ISO_8859_1);
    }
}

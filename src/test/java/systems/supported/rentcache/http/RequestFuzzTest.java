package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.Fuzz;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.RequestTrace;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Flags;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.peer.AddressBlock;
import systems.supported.rentcache.peer.PeerAddress;
import systems.supported.rentcache.peer.ProxyHeader;
import systems.supported.rentcache.peer.TrustedProxies;

/** Whatever comes in for a request's target and headers: an answer or a refusal, and upstream only what is sound. */
class RequestFuzzTest {
    private static final List<byte[]> TARGETS = Fuzz.texts(
            "/v1/properties?zipCode=78244&limit=1", "/v1/avm/value?address=5500%20Grand%20Lake%20Dr&bedrooms=3",
            "/v1/properties/5500-Grand-Lake-Dr,-San-Antonio,-TX-78244", "/v1/markets?zipCode=78244&historyRange=12",
            "/v1/listings/sale?city=Austin&state=TX&price=1:2", "/api/v1/properties/search?zip_code=78244&force_refresh=true",
            "/api/v1/estimates/value?address=a&ttl_override=60", "/api/v1/listings/x?limit=5");
    private static final List<byte[]> HURTING = Fuzz.texts(
            "..", "/../", "%2e%2e", "%2f", "//", "%00", "\0", "%", "%zz", "%c0%ae", "%ff", "&", "=", "?", "#", "+", ";", "|",
            "*:*", "\r\n", "\t", " ", "\\", "\"", "é", "漢", "\uD83C\uDFE0", "9".repeat(40), "-1", "1e9", "NaN", "null", "[]",
            "{}", "zipCode=", "&limit=0", "&offset=99999999999", "a".repeat(300));

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    @Test
    void targets() throws Exception {
        Catalog catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true);
        TargetReader reader = new TargetReader(catalog, UnknownParameters.PASS, null);
        Fuzz.run(618, TARGETS, HURTING, input -> {
            String target = text(input);
            if (TargetReader.isApi(target)) {
                Interpretation read = reader.read(target);
                assertThat(read).isEqualTo(reader.read(target));
                if (read instanceof Interpretation.Asks asks) {
                    String json = asks.question().request().canonicalJson();
                    assertThat(asks.question().request().key()).isEqualTo(CacheKey.of(json));
                    sound(asks.question().request().upstreamTarget());
                } else {
                    assertThat(((Interpretation.Fails) read).problem().status()).isBetween(400, 499);
                }
            }
        });
    }

    /** Nothing in it leaves its place: no other path, no second line, no other server. */
    private static void sound(String upstream) {
        int mark = upstream.indexOf('?');
        String path = mark < 0 ? upstream : upstream.substring(0, mark);
        // Plain comparisons: there are many of them.
        boolean visible = upstream.chars().allMatch(c -> c > ' ' && c <= '~' && c != '#');
        boolean kept = upstream.startsWith("/") && !path.contains("//") && !path.contains("\\");
        for (String segment : path.replace("%2e", ".").replace("%2E", ".").split("/")) {
            kept &= !segment.equals(".") && !segment.equals("..");
        }
        if (!visible || !kept) {
            throw new AssertionError("goes upstream: " + upstream);
        }
    }

    @Test
    void headers() {
        TrustedProxies named = new TrustedProxies(
                List.of(AddressBlock.parse("10.0.0.0/8").orElseThrow()), ProxyHeader.X_FORWARDED_FOR);
        TrustedProxies standard = new TrustedProxies(named.blocks(), ProxyHeader.FORWARDED);
        PeerAddress proxy = PeerAddress.parse("10.0.0.1").orElseThrow();
        List<byte[]> good = Fuzz.texts(
                "max-age=60, min-fresh=5", "no-cache", "max-stale=1, only-if-cached", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "203.0.113.7, 10.0.0.2", "for=\"[2001:db8::17]:80\";proto=http, for=10.0.0.3", "for=_x;by=unknown");
        Fuzz.run(250, good, HURTING, input -> {
            String value = text(input);
            assertThat(RequestDirectives.of(value, Flags.NONE)).isEqualTo(RequestDirectives.of(value, Flags.NONE));
            assertThat(RequestTrace.of("id", value, value)).isNotNull();
            assertThat(named.consumer(proxy, value)).isNotNull();
            assertThat(standard.consumer(proxy, value)).isNotNull();
            assertThat(named.consumer(PeerAddress.parse("192.0.2.1").orElseThrow(), value)).hasToString("192.0.2.1");
        });
    }
}

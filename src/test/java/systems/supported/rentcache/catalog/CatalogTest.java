package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static systems.supported.rentcache.catalog.Catalogs.asked;
import static systems.supported.rentcache.catalog.Catalogs.refused;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.catalog.Resolution.Reason;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Rate;

/** What the catalog knows of Rentcast, and what an operator can change. */
class CatalogTest {
    @ParameterizedTest
    @CsvSource({
        "properties, 86400, 60/minute", "value_estimate, 3600, 30/minute", "rent_estimate, 3600, 30/minute",
        "listings_sale, 1800, 100/minute", "listings_rental, 1800, 100/minute", "market_stats, 7200, 20/minute",
        "comparables, 3600, 40/minute", "properties_random, 0, 60/minute",
    })
    void hasTheDesignsNumbers(String name, long ttlSeconds, String limit) {
        Endpoint endpoint = Catalogs.BUILT_IN.endpoint(name).orElseThrow();
        assertThat(endpoint.ttl()).isEqualTo(Duration.ofSeconds(ttlSeconds));
        assertThat(endpoint.limit()).isEqualTo(Rate.parse(limit));
        assertThat(endpoint.cacheable()).isEqualTo(ttlSeconds > 0);
        assertThat(Catalogs.BUILT_IN.endpoints().get(endpoint.ordinal())).isSameAs(endpoint);
    }

    @ParameterizedTest
    @CsvSource({
        "/properties, properties", "/properties/random, properties_random", "/properties/some-id, properties",
        "/avm/value?address=1, value_estimate", "/avm/rent/long-term?latitude=1&longitude=2, rent_estimate",
        "/listings/sale, listings_sale", "/listings/sale/x, listings_sale",
        "/listings/rental/long-term, listings_rental", "/listings/rental/long-term/x, listings_rental",
        "/markets?zipCode=78244, market_stats",
    })
    void knowsThePaths(String target, String endpoint) {
        assertThat(asked(target).request().endpoint().name()).isEqualTo(endpoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/", "/property", "/properties/", "/properties//", "/properties/a/b", "/listings/sale/", "/v1/properties",
        "/comparables", "/avm",
    })
    void knowsNoOthers(String target) {
        assertThat(refused(target).reason()).isEqualTo(Reason.UNKNOWN_PATH);
    }

    @ParameterizedTest
    @CsvSource({
        "/properties?zipCode=7824, zipCode", "/properties?zipCode=ABCDE, zipCode", "/properties?state=Texas, state",
        "/properties?limit=0, limit", "/properties?limit=501, limit", "/properties?limit=ten, limit",
        "/properties?limit=2.5, limit", "/properties?limit=1|2, limit", "/properties?offset=-1, offset",
        "/properties?latitude=91, latitude", "/properties?longitude=-181, longitude", "/properties?radius=101, radius",
        "/properties?bedrooms=two, bedrooms", "/properties?bedrooms=1:two, bedrooms",
        "/properties?bedrooms=1|two, bedrooms", "/properties?propertyType=Castle, propertyType",
        "/properties?propertyType=Condo|Castle, propertyType", "/properties?includeTotalCount=maybe, includeTotalCount",
        "/properties?saleDateRange=0, saleDateRange", "/listings/sale?daysOld=0, daysOld",
        "/listings/sale?status=Sold, status", "/listings/rental/long-term?propertyType=Land, propertyType",
        "/avm/value?address=x&compCount=4, compCount", "/avm/value?address=x&compCount=26, compCount",
        "/avm/value?address=x&propertyType=Condo|Land, propertyType", "/avm/value, ''",
        "/avm/rent/long-term?latitude=1, ''", "/markets, zipCode", "/markets?zipCode=, zipCode",
        "/markets?zipCode=1, zipCode", "/markets?zipCode=78244&historyRange=0, historyRange",
        "/markets?zipCode=78244&dataType=Buy, dataType", "/properties?force_refresh=perhaps, force_refresh",
        "/properties?ttl_override=0, ttl_override", "/properties?ttl_override=99999999999, ttl_override",
    })
    void refusesWhatRentcastRefuses(String target, String parameter) {
        Resolution.Refused refused = refused(target);
        assertThat(refused.reason()).isEqualTo(Reason.INVALID_PARAMETER);
        assertThat(refused.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.parameter()).isEqualTo(parameter);
            assertThat(violation.allowed()).isNotBlank();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/properties?bedrooms=0", "/properties?bathrooms=2.5", "/properties?squareFootage=*:1200|2000:*",
        "/properties?bedrooms=5:3", "/properties?lotSize=1e4", "/properties?lotSize=1200:", "/properties?lotSize=:1200", "/properties?propertyType=single+family",
        "/properties?radius=5", "/properties?city=", "/properties?limit=", "/listings/sale?price=100000:*",
        "/listings/sale?daysOld=10:20", "/properties?limit=500&offset=7", "/properties?ZipCode=1",
        "/avm/value?address=x&daysOld=1", "/markets?zipCode=00501",
    })
    void passesOnWhatTheDocumentsDoNotRuleOut(String target) {
        asked(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/properties?city=%", "/properties?city=%4", "/properties?city=%GG", "/properties?city=%FF",
        "/properties?city=%C3", "/properties?city=a%00b", "/properties?city=a%0Ab", "/properties?a%0D=1",
        "/properties/%00", "/properties/%2e%2e", "/properties/..", "/properties/.", "/properties/%ff",
    })
    void refusesWhatIsNoText(String target) {
        assertThat(refused(target).reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void refusesHalfACharacterInDecodedParameters() {
        Resolution resolution = Catalogs.BUILT_IN.resolve(
                "/properties", List.of(new QueryParameter("city", "\ud800")), UnknownParameters.PASS);
        assertThat(resolution).isInstanceOfSatisfying(
                Resolution.Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.MALFORMED));
    }

    @Test
    void refusesThousandsOfParameters() {
        assertThat(refused("/properties?" + "a=1&".repeat(5_000)).reason()).isEqualTo(Reason.TOO_MANY_PARAMETERS);
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        assertThat(refused("/properties?limit=0&state=Texas&zipCode=1").violations())
                .extracting(Violation::parameter)
                .containsExactly("limit", "state", "zipCode");
    }

    @Test
    void passesUnknownParametersOnOrRefusesThem() {
        assertThat(asked("/properties?zipCode=78244&brandNew=1").unknownParameters()).containsExactly("brandNew");
        assertThat(asked("/properties?zipCode=78244&brandNew=a+b").request().upstreamTarget())
                .endsWith("?brandNew=a%20b&includeTotalCount=true&zipCode=78244");
        Resolution refused = Catalogs.resolve(
                Catalogs.BUILT_IN, "/properties?brandNew=1", UnknownParameters.REFUSE);
        assertThat(refused).isInstanceOfSatisfying(Resolution.Refused.class, violations -> {
            assertThat(violations.reason()).isEqualTo(Reason.UNKNOWN_PARAMETER);
            assertThat(violations.violations().get(0).allowed()).contains("zipCode");
        });
    }

    @Test
    void anOperatorAddsAnEndpoint() throws SettingsException {
        Catalog catalog = Catalogs.with("""
                school_districts:
                  path: /schools/{id}
                  parameters:
                    level: {type: string, values: [Elementary, High], multiple: true}
                    limit: {type: integer, min: 1, max: 500, default: 50}
                  ttl: 36h
                  limit: 7/minute
                  estimated-cost: 0.25
                """);
        Endpoint endpoint = catalog.endpoint("school_districts").orElseThrow();
        assertThat(endpoint.ttl()).isEqualTo(Duration.ofHours(36));
        assertThat(endpoint.limit()).isEqualTo(Rate.parse("7/minute"));
        assertThat(endpoint.estimatedCostMicros()).isEqualTo(250_000);
        Resolution asked = Catalogs.resolve(catalog, "/schools/7?level=High|Elementary", UnknownParameters.PASS);
        assertThat(asked).isInstanceOfSatisfying(Resolution.Asked.class, request ->
                assertThat(request.request().upstreamTarget()).isEqualTo("/schools/7?level=Elementary%7CHigh"));
        assertThat(Catalogs.resolve(catalog, "/schools/7?level=Low", UnknownParameters.PASS))
                .isInstanceOf(Resolution.Refused.class);
    }

    @Test
    void anOperatorChangesAnEndpoint() throws SettingsException {
        Catalog catalog = Catalogs.with("""
                market_stats: {ttl: 1h, parameters: {county: {type: string}}}
                listings_sale: {cacheable: false}
                """);
        assertThat(catalog.endpoint("market_stats").orElseThrow().ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(catalog.endpoint("market_stats").orElseThrow().limit()).isEqualTo(Rate.parse("20/minute"));
        assertThat(catalog.endpoint("listings_sale").orElseThrow().cacheable()).isFalse();
        assertThat(Catalogs.resolve(catalog, "/markets?zipCode=1&county=Bexar", UnknownParameters.PASS))
                .isInstanceOf(Resolution.Refused.class);
        assertThat(Catalogs.resolve(catalog, "/markets?zipCode=78244&county=Bexar", UnknownParameters.REFUSE))
                .isInstanceOf(Resolution.Asked.class);
    }

    @Test
    void anEndpointThatDoesNotSayTakesTheDefaults() throws SettingsException {
        Endpoint endpoint = Catalogs.with("{plain: {path: /plain}}").endpoint("plain").orElseThrow();
        assertThat(endpoint.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(endpoint.limit()).isEqualTo(Rate.parse("100/minute"));
        assertThat(endpoint.cacheable()).isTrue();
    }

    @Test
    void everythingWrongInTheFileIsSaidAtOnce() {
        SettingsException wrong = catchThrowableOfType(SettingsException.class, () -> Catalogs.with("""
                Bad-Name: {path: /x}
                one: {path: 'no slash', ttl: soon, limit: 5/fortnight, colour: blue}
                two: {path: /properties/{anything}}
                three: text
                four:
                  path: /four
                  parameters:
                    a: {type: colour}
                    b: {type: integer, min: x, default: z}
                    c: {range: true}
                """.replace("/properties/{anything}", "'/properties/{anything}'")));
        assertThat(wrong.problems()).extracting(SettingsException.Problem::name).containsExactlyInAnyOrder(
                "endpoints.Bad-Name", "endpoints.one", "endpoints.one.ttl", "endpoints.one.limit",
                "endpoints.one.colour", "endpoints.two", "endpoints.three", "endpoints.four.parameters.a.type",
                "endpoints.four.parameters.b.min", "endpoints.four.parameters.b.default",
                "endpoints.four.parameters.c.range");
    }

    @Test
    void saysWhatIsMissingBesidesWhatIsWrong() {
        assertThat(refused("/markets?historyRange=0").violations())
                .extracting(Violation::parameter).containsExactlyInAnyOrder("historyRange", "zipCode");
        assertThat(refused("/avm/value").violations().get(0).allowed())
                .isEqualTo("address, or latitude and longitude");
    }

    @ParameterizedTest
    @CsvSource({"1, true", "31536000, true", "31536001, false", "0, false", "-5, false", "1h, false"})
    void aLifetimeOfOnesOwnIsUpToAYear(String seconds, boolean taken) {
        Resolution resolution = Catalogs.resolve("/properties?zipCode=78244&ttl_override=" + seconds);
        assertThat(resolution instanceof Resolution.Asked).isEqualTo(taken);
        if (taken) {
            assertThat(((Resolution.Asked) resolution).flags())
                    .isEqualTo(new Flags(false, Duration.ofSeconds(Long.parseLong(seconds))));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "1, true", "TRUE, true", "false, false", "0, false", "'', false"})
    void aRefreshIsForcedInWords(String word, boolean forced) {
        assertThat(asked("/properties?zipCode=78244&force_refresh=" + word).flags()).isEqualTo(new Flags(forced, null));
    }

    @Test
    void whatNobodyDocumentsIsPassedOnAsItIs() {
        assertThat(asked("/properties?bedrooms=3||2").request().upstreamTarget()).contains("bedrooms=3%7C%7C2");
        assertThat(asked("/properties?bedrooms=|2").request().upstreamTarget()).contains("bedrooms=%7C2");
    }

    @Test
    void theParametersOfAQueryAreThoseThatCanBeDecoded() {
        assertThat(Catalog.parameters("a=1&b=%20")).contains(
                List.of(new QueryParameter("a", "1"), new QueryParameter("b", " ")));
        assertThat(Catalog.parameters("a=%")).isEmpty();
        assertThat(Catalog.parameters("a&".repeat(100))).isPresent();
        assertThat(Catalog.parameters("a&".repeat(101))).isEmpty();
    }

    @Test
    void aKeyIsWrittenInHexadecimalDigits() {
        CacheKey key = CacheKey.of("{}");
        assertThat(key).hasToString("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assertThat(CacheKey.parse(key.hex())).isEqualTo(key);
        assertThat(key.hashCode()).isNotEqualTo(CacheKey.of("[]").hashCode());
        assertThatIllegalArgumentException().isThrownBy(() -> CacheKey.parse(key.hex() + "00"));
    }
}

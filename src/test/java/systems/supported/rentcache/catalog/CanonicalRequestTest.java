package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.catalog.Catalogs.asked;
import static systems.supported.rentcache.catalog.Catalogs.key;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which spellings ask the same question. */
class CanonicalRequestTest {
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/properties?city=Austin&state=TX /properties?state=TX&city=Austin",
        "/properties?zipCode=78244 /properties?zipCode=%37%38244",
        "/%70roperties?zipCode=78244 /properties?zipCode=78244",
        "/properties?city=San+Antonio /properties?city=San%20Antonio",
        "/properties?city=San%20Antonio /properties?city=%20San%20Antonio%20",
        "/properties?zipCode=78244 /properties?zipCode=78244&limit=50&offset=0",
        "/properties?limit=5 /properties?limit=05",
        "/properties?bedrooms=3 /properties?bedrooms=3.0",
        "/properties?bedrooms=2|3 /properties?bedrooms=3%7C2",
        "/properties?bedrooms=2|3|2 /properties?bedrooms=2|3",
        "/properties?propertyType=Condo|Townhouse /properties?propertyType=Townhouse|Condo",
        "/properties?squareFootage=1200:* /properties?squareFootage=1200.0%3A%2A",
        "/listings/sale?daysOld=30 /listings/sale?daysOld=*:30",
        "/listings/sale?zipCode=78244&status=Active /listings/sale?zipCode=78244",
        "/properties?saleDateRange=30 /properties?saleDateRange=*:30",
        "/properties?zipCode=78244&suppressLogging=true /properties?zipCode=78244",
        "/properties?zipCode=78244&includeTotalCount=TRUE /properties?zipCode=78244",
        "/avm/value?address=1+A+St,Austin,TX /avm/value?address=1+A+St,%20Austin+%20,+TX",
        "/avm/value?address=1+A&lookupSubjectAttributes=TRUE /avm/value?address=1+A",
        "/avm/value?address=1+A&compCount=15 /avm/value?address=1+A",
        "/properties?city=Caf%C3%A9 /properties?city=Cafe%CC%81",
        "/markets?zipCode=78244&dataType=All&historyRange=12 /markets?zipCode=78244",
        "/markets?zipCode=78244&force_refresh=true&ttl_override=60 /markets?zipCode=78244",
        "/properties?foo=a+b /properties?foo=a%20b",
        "/properties?a=1&&b=2& /properties?b=2&a=1",
        "/properties/5500-Grand-Lake-Dr,-San-Antonio /properties/5500-Grand-Lake-Dr%2C-San-Antonio",
    })
    void sharesTheKey(String one, String other) {
        assertThat(key(one)).isEqualTo(key(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/properties?city=Austin /properties?city=austin",
        "/properties?state=TX /properties?state=tx",
        "/properties?zipCode=02101 /properties?zipCode=12101",
        "/properties?latitude=29.4756 /properties?latitude=29.47560001",
        "/properties?bedrooms=2|3 /properties?bedrooms=2:3",
        "/properties?bedrooms=2 /properties?bedrooms=2:2",
        "/properties?bedrooms=3 /properties?bedrooms=%2B3",
        "/properties?bedrooms=3 /properties?bedrooms=3.",
        "/properties?bedrooms=3:* /properties?bedrooms=3:",
        "/properties?bedrooms=2&bedrooms=3 /properties?bedrooms=3&bedrooms=2",
        "/properties?bedrooms=2&bedrooms=3 /properties?bedrooms=2|3",
        "/properties?city= /properties",
        "/properties?limit= /properties",
        "/properties?propertyType=Condo /properties?propertyType=condo",
        "/properties /properties/properties",
        "/properties?limit=10 /properties?limit=11",
        "/properties?a=1&b=2 /properties?a=1%26b=2",
        "/properties?a=1%26b%3D2 /properties?a=1&b=2",
        "/properties?a= /properties?b=",
        "/properties?a=b /properties?b=a",
        "/properties?foo=%20a /properties?foo=a",
        "/properties?foo=A /properties?foo=a",
        "/properties?foo=Caf%C3%A9 /properties?foo=Cafe%CC%81",
        "/properties?foo=a%22,%22b /properties?foo=a&foo=b",
        "/properties?x=%5B%22a%22%5D /properties?x=a",
        "/properties/a /listings/sale/a",
        "/properties/a%2Fb /properties/a-b",
        "/properties/a%252Fb /properties/a%2Fb",
        "/avm/value?address=1+A+Dr /avm/value?address=1+A+Drive",
        "/avm/value?address=1+A /avm/rent/long-term?address=1+A",
        "/avm/value?address=1+A&daysOld=30 /avm/value?address=1+A&daysOld=*:30x",
    })
    void staysApart(String one, String other) {
        Resolution second = Catalogs.resolve(other);
        if (second instanceof Resolution.Asked asked) {
            assertThat(key(one)).isNotEqualTo(asked.request().key());
        } else {
            assertThat(second).isInstanceOf(Resolution.Refused.class);
        }
    }

    @Test
    void anIdWithASlashIsOneSegment() {
        CanonicalRequest request = asked("/properties/12-A%2FB-St,-Austin").request();
        assertThat(request.upstreamTarget()).isEqualTo("/properties/12-A%2FB-St,-Austin");
        assertThat(request.canonicalJson()).contains("\"path_params\":{\"id\":\"12-A/B-St,-Austin\"}");
        assertThat(Catalogs.refused("/properties/12-A/B-St,-Austin").reason())
                .isEqualTo(Resolution.Reason.UNKNOWN_PATH);
    }

    @Test
    void theCanonicalFormIsSortedJson() {
        CanonicalRequest request = asked("/properties?zipCode=78244&city=A%22B&foo=2&foo=1").request();
        assertThat(request.canonicalJson()).isEqualTo("{\"body\":null,\"endpoint\":\"/properties\",\"method\":\"GET\","
                + "\"path_params\":{},\"query_params\":{\"city\":\"A\\\"B\",\"foo\":[\"2\",\"1\"],\"limit\":\"50\","
                + "\"offset\":\"0\",\"zipCode\":\"78244\"}}");
        assertThat(request.key()).isEqualTo(CacheKey.of(request.canonicalJson()));
    }

    @Test
    void defaultsAreNotSentAndTheTotalCountAlwaysIs() {
        Resolution.Asked asked = asked("/properties?zipCode=78244&suppressLogging=TRUE&force_refresh=1");
        assertThat(asked.request().upstreamTarget())
                .isEqualTo("/properties?includeTotalCount=true&suppressLogging=true&zipCode=78244");
        assertThat(asked.request().totalCountAsked()).isFalse();
        assertThat(asked.flags().forceRefresh()).isTrue();
        assertThat(asked("/properties?includeTotalCount=true").request().totalCountAsked()).isTrue();
    }

    @Test
    void answersKeptApartHaveKeysOfTheirOwn() {
        CanonicalRequest request = asked("/properties?zipCode=78244").request();
        assertThat(request.apart("account", "1").key())
                .isNotEqualTo(request.key())
                .isNotEqualTo(request.apart("account", "2").key())
                .isNotEqualTo(request.apart("origin", "1").key())
                .isEqualTo(request.apart("account", "1").key());
    }

    @Test
    void aKeyIsReadFromItsDigits() {
        CacheKey key = key("/properties?zipCode=78244");
        assertThat(key.hex()).hasSize(64).matches("[0-9a-f]+");
        assertThat(CacheKey.parse(key.hex())).isEqualTo(key).hasSameHashCodeAs(key);
    }
}

package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import systems.supported.rentcache.catalog.DescribedPath.DescribedParameter;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.SettingsException.Problem;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Rate;

/** How an operator's section is read, and what the catalog says of itself. */
class CatalogFileTest {
    private static List<String> wrong(String yaml) {
        Map<String, Object> section = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return CatalogFile.problems(section).stream().map(Problem::name).toList();
    }

    private static Endpoint one(String fields) throws SettingsException {
        return Catalogs.with("{one: {path: /one, " + fields + "}}").endpoint("one").orElseThrow();
    }

    private static DescribedPath described(String template) {
        return Catalogs.BUILT_IN.paths().stream().filter(path -> path.template().equals(template)).findFirst().orElseThrow();
    }

    private static DescribedParameter parameter(DescribedPath path, String name) {
        return path.parameters().stream().filter(parameter -> parameter.name().equals(name)).findFirst().orElseThrow();
    }

    private static boolean isAsked(Catalog catalog, String target) {
        return Catalogs.resolve(catalog, target, UnknownParameters.REFUSE) instanceof Resolution.Asked;
    }

    @Test
    void whatIsWrongIsSaidWithoutMakingACatalog() {
        assertThat(wrong("{}")).isEmpty();
        assertThat(wrong("{one: {path: /one}, market_stats: {ttl: 1h}}")).isEmpty();
        assertThat(wrong("{one: {path: /one, ttl: soon}}")).containsExactly("endpoints.one.ttl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000001", "1.5"})
    void aDemandThatIsNoCountIsRefused(String demand) {
        assertThat(wrong("{one: {path: /one, minRefreshDemand: " + demand + "}}"))
                .containsExactly("endpoints.one.minRefreshDemand");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000000, 1000000", "2.0, 2"})
    void aDemandIsAWholeNumber(String demand, int meant) throws SettingsException {
        assertThat(one("min-refresh-demand: " + demand).stale().demand()).isEqualTo(meant);
    }

    @Test
    void staleAnswersAreGivenAsLongAsFreshOnesAndADayOnErrors() throws SettingsException {
        assertThat(one("ttl: 2h").stale()).isEqualTo(new StaleWindows(Duration.ofHours(2), Duration.ofHours(24), 1));
        assertThat(one("ttl: 36h").stale()).isEqualTo(new StaleWindows(Duration.ofHours(36), Duration.ofHours(36), 1));
        assertThat(one("ttl: 2h, stale-while-revalidate: 5m, stale_if_error: 1h").stale())
                .isEqualTo(new StaleWindows(Duration.ofMinutes(5), Duration.ofHours(1), 1));
        assertThat(CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, false).endpoint("properties")
                .orElseThrow().stale().whileRevalidate()).as("where the operator wants none").isZero();
        assertThat(one("ttl: 0s").cacheable()).isFalse();
    }

    @Test
    void theLongerOfTheStaleWindowsIsTheLatestEnd() {
        Duration hour = Duration.ofHours(1);
        assertThat(new StaleWindows(hour, Duration.ZERO, 1).longest()).isEqualTo(hour);
        assertThat(new StaleWindows(Duration.ZERO, hour, 1).longest()).isEqualTo(hour);
    }

    @Test
    void namesAreTheSameHoweverTheyAreJoined() throws SettingsException {
        Catalog catalog = Catalogs.with("{market-stats: {TTL: 3h}, listingsSale: {est-imated_cost: 7}}");
        assertThat(catalog.endpoints()).hasSameSizeAs(Catalogs.BUILT_IN.endpoints());
        assertThat(catalog.endpoint("market_stats").orElseThrow().ttl()).isEqualTo(Duration.ofHours(3));
        assertThat(catalog.endpoint("listings_sale").orElseThrow().estimatedCostMicros()).isEqualTo(7_000_000);
    }

    @Test
    void anEndpointMayHaveSeveralPaths() throws SettingsException {
        Catalog catalog = Catalogs.with("{two: {paths: [/one, /two/x], parameters: {a: }}}");
        assertThat(isAsked(catalog, "/one?a=1")).isTrue();
        assertThat(isAsked(catalog, "/two/x?a=1")).isTrue();
        assertThat(isAsked(catalog, "/two/x?b=1")).isFalse();
    }

    @Test
    void pathsHaveParametersOfTheirOwnBesidesTheEndpoints() throws SettingsException {
        Catalog catalog = Catalogs.with("""
                two:
                  parameters: {shared: {type: integer}}
                  paths:
                    /one:
                    /two:
                      parameters: {own: , b: , c: }
                      one-of: [own, [b, c]]
                """);
        assertThat(isAsked(catalog, "/one?shared=1")).isTrue();
        assertThat(isAsked(catalog, "/one?shared=x")).isFalse();
        assertThat(isAsked(catalog, "/one?own=1")).isFalse();
        assertThat(isAsked(catalog, "/two?own=1&shared=1")).isTrue();
        assertThat(isAsked(catalog, "/two?b=1&c=1")).isTrue();
        assertThat(isAsked(catalog, "/two?b=1")).isFalse();
        assertThat(isAsked(catalog, "/two?shared=1")).isFalse();
    }

    @Test
    void aWrongPlaceIsNamed() {
        assertThat(wrong("{one: {paths: {/one: {oneOf: a}}}}")).containsExactly("endpoints.one.paths./one.oneOf");
        assertThat(wrong("{one: {paths: {/one: {ttl: 1h}}}}")).containsExactly("endpoints.one.paths./one.ttl");
        assertThat(wrong("{one: {paths: /one}}")).containsExactly("endpoints.one.paths");
        assertThat(wrong("{one: {path: /one, parameters: a}}")).containsExactly("endpoints.one.parameters");
        assertThat(wrong("{one: {path: /one/../two}}")).containsExactly("endpoints.one");
        assertThat(wrong("{one: {path: /one, limit: }}")).as("nothing is not wrong").isEmpty();
    }

    @Test
    void theLeastIsAtMostTheMost() {
        assertThat(wrong("{one: {path: /one, parameters: {a: {type: number, min: 3, max: 2}}}}"))
                .containsExactly("endpoints.one.parameters.a.min");
        assertThat(wrong("{one: {path: /one, parameters: {a: {type: number, min: 2, max: 2}}}}")).isEmpty();
    }

    @Test
    void aWrongTypeIsSaidOnceAndReadAsText() {
        assertThat(wrong("{one: {path: /one, parameters: {a: {type: colour, default: red}}}}"))
                .containsExactly("endpoints.one.parameters.a.type");
    }

    @Test
    void ofTwoPathsThatFitTheMoreLiteralOneIsMeant() throws SettingsException {
        Catalog catalog = Catalogs.with("""
                any: {path: '/schools/{id}'}
                best: {path: /schools/best}
                """);
        assertThat(Catalogs.resolve(catalog, "/schools/best", UnknownParameters.PASS)).isInstanceOfSatisfying(
                Resolution.Asked.class, asked -> assertThat(asked.request().endpoint().name()).isEqualTo("best"));
    }

    @Test
    void pathsAreDescribedInTheAlphabetsOrder() {
        List<DescribedPath> paths = Catalogs.BUILT_IN.paths();
        assertThat(paths).extracting(DescribedPath::template).isSorted()
                .contains("/markets", "/properties", "/properties/{id}", "/avm/value").doesNotHaveDuplicates();
        assertThat(paths).allSatisfy(path ->
                assertThat(path.parameters()).extracting(DescribedParameter::name).isSorted());
        assertThat(described("/properties/{id}").variables()).containsExactly("id");
        assertThat(described("/properties").variables()).isEmpty();
        assertThat(described("/properties").endpoint().name()).isEqualTo("properties");
        assertThat(described("/avm/value").oneOf())
                .containsExactly(List.of("address"), List.of("latitude", "longitude"));
        assertThat(described("/markets").oneOf()).isEmpty();
    }

    @Test
    void parametersAreDescribedWithWhatTheyTake() {
        DescribedPath listings = described("/listings/sale");
        DescribedParameter limit = parameter(listings, "limit");
        assertThat(limit.kind()).isEqualTo("integer");
        assertThat(limit.min()).isEqualByComparingTo("1");
        assertThat(limit.max()).isEqualByComparingTo("500");
        assertThat(limit.defaultValue()).isEqualTo("50");
        assertThat(limit.range()).isFalse();
        assertThat(limit.multiple()).isFalse();
        assertThat(limit.required()).isFalse();
        assertThat(parameter(listings, "daysOld").range()).as("days have ranges").isTrue();
        assertThat(parameter(listings, "price").range()).isTrue();
        assertThat(parameter(listings, "price").multiple()).isTrue();
        assertThat(parameter(listings, "status").values()).containsExactly("Active", "Inactive");
        DescribedParameter zipCode = parameter(described("/markets"), "zipCode");
        assertThat(zipCode.required()).isTrue();
        assertThat(zipCode.kind()).isEqualTo("zip-code");
        assertThat(zipCode.allowed()).contains("five digits");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '~', value = {
        "/properties! limit! a whole number from 1 to 500",
        "/properties! offset! a whole number from 0",
        "/properties! latitude! a number from -90 to 90",
        "/properties! bedrooms! a number from 0, or a range min:max in which * is no bound; several joined by |",
        "/properties! state! a state of two letters, such as TX",
        "/properties! city! a text",
        "/properties! address! an address such as 'Street, City, State, Zip'",
        "/properties! includeTotalCount! true or false",
        "/listings/sale! status! Active, Inactive",
        "/listings/sale! daysOld! a whole number of days from 1, or a range min:max in which * is no bound",
        "/markets! zipCode! a ZIP code of five digits, such as 78244",
    })
    void whatIsTakenIsSaidAsAPhrase(String path, String name, String allowed) {
        assertThat(parameter(described(path), name).allowed()).isEqualTo(allowed);
    }

    @Test
    void boundsAreSaidWhereThereAreAny() throws SettingsException {
        Catalog catalog = Catalogs.with("""
                one:
                  path: /one
                  parameters:
                    free: {type: number}
                    most: {type: integer, max: 9}
                """);
        DescribedPath path = catalog.paths().stream()
                .filter(one -> one.template().equals("/one")).findFirst().orElseThrow();
        assertThat(parameter(path, "free").allowed()).isEqualTo("a number");
        assertThat(parameter(path, "most").allowed()).isEqualTo("a whole number up to 9");
    }

    @ParameterizedTest
    @CsvSource({"number, true", "integer, true", "days, true", "string, false", "boolean, false"})
    void onlyNumbersHaveRanges(String type, boolean allowed) {
        assertThat(wrong("{one: {path: /one, parameters: {a: {type: " + type + ", range: true}}}}").isEmpty())
                .isEqualTo(allowed);
    }
}

package systems.supported.rentcache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import systems.supported.rentcache.catalog.Resolution.Asked;
import systems.supported.rentcache.config.UnknownParameters;

/** The laws of cache keys, over whatever a client may send. */
class CatalogPropertiesTest {
    private static final List<String> KNOWN = List.of("city", "address", "zipCode", "state", "bedrooms", "propertyType");

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("ab&=%+/?#\"\\|:,*;[]{}é\u0301 漢1~")
                .ofMaxLength(6);
    }

    @Provide
    Arbitrary<List<QueryParameter>> unknownParameters() {
        Arbitrary<String> names = texts().map(text -> "x" + text);
        return Combinators.combine(names, texts()).as(QueryParameter::new).list().ofMaxSize(5);
    }

    /** Few names and values, so that two draws often ask the same. */
    @Provide
    Arbitrary<List<QueryParameter>> alikeParameters() {
        Arbitrary<String> names = Arbitraries.of("x", "x=", "x&y", "y");
        Arbitrary<String> values = Arbitraries.of("", "a", "a&y=a", "=a");
        return Combinators.combine(names, values).as(QueryParameter::new).list().ofMaxSize(2);
    }

    /** Equal as questions: the same values under each name, in the same order. */
    private static Map<String, List<String>> meaning(List<QueryParameter> parameters) {
        return parameters.stream().collect(Collectors.groupingBy(
                QueryParameter::name, Collectors.mapping(QueryParameter::value, Collectors.toList())));
    }

    private static String encoded(List<QueryParameter> parameters) {
        return parameters.stream()
                .map(parameter -> encode(parameter.name()) + "=" + encode(parameter.value()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String everyByteEncoded(List<QueryParameter> parameters) {
        return parameters.stream()
                .map(parameter -> bytes(parameter.name()) + "=" + bytes(parameter.value()))
                .collect(Collectors.joining("&"));
    }

    private static String bytes(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02x", b));
        }
        return encoded.toString();
    }

    private static CacheKey key(List<QueryParameter> parameters) {
        return ((Asked) Catalogs.BUILT_IN.resolve("/properties", parameters, UnknownParameters.PASS)).request().key();
    }

    private static CacheKey keyOfQuery(String query) {
        return ((Asked) Catalogs.BUILT_IN.resolve("/properties", query, UnknownParameters.PASS)).request().key();
    }

    @Property
    void twoRequestsShareAKeyJustWhenTheyAskTheSame(
            @ForAll("alikeParameters") List<QueryParameter> one,
            @ForAll("alikeParameters") List<QueryParameter> other) {
        Statistics.label("the same").collect(meaning(one).equals(meaning(other)));
        assertThat(key(one).equals(key(other))).isEqualTo(meaning(one).equals(meaning(other)));
    }

    @Property
    void theEncodingDoesNotMatter(@ForAll("unknownParameters") List<QueryParameter> parameters) {
        assertThat(keyOfQuery(encoded(parameters)))
                .isEqualTo(keyOfQuery(everyByteEncoded(parameters)))
                .isEqualTo(key(parameters));
    }

    @Property
    void theOrderOfDifferentNamesDoesNotMatter(
            @ForAll("unknownParameters") List<QueryParameter> parameters, @ForAll long seed) {
        Map<String, List<QueryParameter>> byName = new LinkedHashMap<>();
        parameters.forEach(one -> byName.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(one));
        List<List<QueryParameter>> groups = new ArrayList<>(byName.values());
        Collections.shuffle(groups, new Random(seed));
        assertThat(key(groups.stream().flatMap(List::stream).toList())).isEqualTo(key(parameters));
    }

    @Property
    void whatIsSentUpstreamAsksTheSameQuestion(
            @ForAll("unknownParameters") List<QueryParameter> parameters, @ForAll("texts") String city) {
        List<QueryParameter> all = new ArrayList<>(parameters);
        all.add(new QueryParameter("city", city));
        CanonicalRequest request =
                ((Asked) Catalogs.BUILT_IN.resolve("/properties", all, UnknownParameters.PASS)).request();
        assertThat(Catalogs.asked(request.upstreamTarget()).request().key()).isEqualTo(request.key());
        assertThat(request.upstreamTarget()).matches("[\\x21-\\x7e]+");
    }

    @Property
    void idsShareAKeyJustWhenTheyAreEqual(@ForAll("texts") String one, @ForAll("texts") String other) {
        // Composed and decomposed letters are one text (normal form C), so only that is compared.
        String first = Normalizer.normalize("i" + one, Normalizer.Form.NFC);
        String second = Normalizer.normalize("i" + other, Normalizer.Form.NFC);
        assertThat(Catalogs.key("/properties/" + bytes("i" + one)).equals(Catalogs.key("/properties/" + bytes("i" + other))))
                .isEqualTo(first.equals(second));
    }

    @Property
    void anyTextIsAnsweredOneWayOrTheOther(@ForAll String path, @ForAll String query) {
        assertThat(Catalogs.BUILT_IN.resolve("/" + path, query, UnknownParameters.PASS)).isNotNull();
        for (String name : KNOWN) {
            assertThat(Catalogs.BUILT_IN.resolve(
                    "/properties", List.of(new QueryParameter(name, query)), UnknownParameters.REFUSE)).isNotNull();
        }
    }

    @Property
    void theSameRequestAlwaysResolvesTheSame(@ForAll("unknownParameters") List<QueryParameter> parameters) {
        assertThat(Catalogs.BUILT_IN.resolve("/listings/sale", parameters, UnknownParameters.PASS))
                .isEqualTo(Catalogs.BUILT_IN.resolve("/listings/sale", parameters, UnknownParameters.PASS));
    }
}

package systems.supported.rentcache.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters and pages of the three searches. */
class SearchTest extends SandboxFixture {

    @Test
    void pagesCoverTheListWithoutGapsOrRepeats() throws Exception {
        List<String> paged = new ArrayList<>();
        int size = 200;
        for (JsonArray page = null; page == null || page.size() == size;) {
            page = list("/properties?zipCode=78244&limit=" + size + "&offset=" + paged.size());
            paged.addAll(ids(page));
        }

        assertThat(paged).doesNotHaveDuplicates().hasSizeBetween(550, 850);
        HttpResponse<String> counted = get("/properties?zipCode=78244&includeTotalCount=TRUE&limit=1");
        assertThat(counted.headers().firstValue("X-Total-Count")).contains(String.valueOf(paged.size()));
        assertThat(get("/properties?zipCode=78244").headers().firstValue("X-Total-Count")).isEmpty();
        assertThat(list("/properties?zipCode=78244&limit=500&offset=500")).hasSize(paged.size() - 500);
        assertThat(list("/properties?zipCode=78244&offset=" + paged.size())).isEmpty();
    }

    @Test
    void aPageHas50RowsUnlessAskedOtherwise() throws Exception {
        assertThat(list("/properties")).hasSize(50).isEqualTo(list("/properties?limit=050&offset=0&unknown=1"));
    }

    @Test
    void placesAreToldApartByState() throws Exception {
        assertThat(objects(list("/listings/sale?city=Portland&limit=500"))).extracting(one -> one.getString("state"))
                .contains("ME", "OR");
        assertThat(objects(list("/listings/sale?city=Portland&state=OR&limit=500")))
                .extracting(one -> one.getString("state")).containsOnly("OR");
        assertThat(objects(list("/properties?zipCode=04101"))).extracting(one -> one.getString("zipCode"))
                .containsOnly("04101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"city=portland&state=ME", "state=me", "zipCode=00000", "city=Atlantis",
            "address=1+Main+St,+Atlantis,+TX", "address=x&radius=5", "zipCode=04101&state=TX",
            "latitude=0&longitude=0&radius=100"})
    void whatIsNotThereIsAnEmptyList(String query) throws Exception {
        assertThat(list("/properties?" + query)).isEmpty();
        assertThat(list("/listings/sale?" + query)).isEmpty();
    }

    @Test
    void aRadiusIsACircleRoundAPointOrAnAddress() throws Exception {
        Point point = new Point(29.4241, -98.4936);
        assertThat(points("/properties?latitude=29.4241&longitude=-98.4936&radius=2.5&limit=500"))
                .isNotEmpty().allMatch(other -> other.milesTo(point) <= 2.5)
                .anyMatch(other -> other.milesTo(point) > 1);

        JsonObject centre = list("/properties?zipCode=78244&limit=1").getJsonObject(0);
        Point home = new Point(centre.getDouble("latitude"), centre.getDouble("longitude"));
        String address = encoded(centre.getString("formattedAddress"));
        assertThat(points("/properties?radius=0.5&address=" + address)).hasSizeGreaterThan(1)
                .allMatch(other -> other.milesTo(home) <= 0.5).contains(home);
        assertThat(list("/properties?address=" + address)).containsExactly(centre);
    }

    private List<Point> points(String target) throws Exception {
        return objects(list(target)).stream()
                .map(one -> new Point(one.getDouble("latitude"), one.getDouble("longitude")))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "bedrooms, 3, 3, 3", "bedrooms, 2|4, 2, 4", "bedrooms, *:2, 0, 2", "bathrooms, 2.5, 2.5, 2.5",
        "bathrooms, 2.5:3|4, 2.5, 4", "squareFootage, 1200:1500, 1200, 1500", "squareFootage, 2500:*, 2500, 100000",
        "lotSize, 5000:6000, 5000, 6000", "yearBuilt, 1990:2000|2010, 1990, 2010", "bedrooms, 0, 0, 0"})
    void numbersAreFiltered(String field, String filter, double least, double most) throws Exception {
        JsonArray found = list("/properties?zipCode=78244&limit=500&" + field + "=" + encoded(filter));

        assertThat(objects(found)).isNotEmpty().extracting(one -> one.getDouble(field))
                .allMatch(value -> value >= least && value <= most).contains(objects(found).get(0).getDouble(field));
        Predicate<JsonObject> fits = one -> one.getDouble(field) != null
                && NumberFilter.parse(filter).matches(one.getDouble(field));
        List<JsonObject> all = new ArrayList<>(objects(list("/properties?zipCode=78244&limit=500")));
        all.addAll(objects(list("/properties?zipCode=78244&limit=500&offset=500")));
        assertThat(objects(found)).isEqualTo(all.stream().filter(fits).toList());
    }

    @Test
    void typesAreFiltered() throws Exception {
        assertThat(objects(list("/properties?zipCode=78244&limit=500&propertyType=" + encoded("Condo|Townhouse"))))
                .extracting(one -> one.getString("propertyType")).contains("Condo", "Townhouse").hasSizeGreaterThan(50)
                .allMatch(type -> type.equals("Condo") || type.equals("Townhouse"));
        assertThat(objects(list("/properties?zipCode=78244&propertyType=Land")))
                .isNotEmpty().noneMatch(one -> one.containsKey("bedrooms"));
    }

    @Test
    void listingsAreFilteredByPriceAgeAndStatus() throws Exception {
        assertThat(objects(list("/listings/sale?state=TX&price=200000:300000")))
                .isNotEmpty().allMatch(one -> one.getInteger("price") >= 200_000 && one.getInteger("price") <= 300_000);
        assertThat(objects(list("/listings/sale?state=TX&daysOld=7")))
                .isNotEmpty().allMatch(one -> one.getString("listedDate").compareTo("2026-03-08") >= 0);
        assertThat(objects(list("/listings/sale?state=TX&daysOld=30:*")))
                .isNotEmpty().allMatch(one -> one.getString("listedDate").compareTo("2026-02-14") < 0);
        assertThat(objects(list("/listings/rental/long-term?state=TX&status=Inactive")))
                .isNotEmpty().allMatch(one -> one.getString("status").equals("Inactive"));
    }

    @Test
    void daysAreARangeBack() throws Exception {
        assertThat(list("/properties?zipCode=78244&saleDateRange=400&limit=500"))
                .isNotEmpty().isEqualTo(list("/properties?zipCode=78244&saleDateRange=*:400&limit=500"));
        assertThat(objects(list("/properties?zipCode=78244&saleDateRange=30:60")))
                .isNotEmpty().allMatch(one -> one.getString("lastSaleDate").compareTo("2026-01-14") >= 0
                        && one.getString("lastSaleDate").compareTo("2026-02-14") < 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=501", "limit=x", "limit=5.5", "offset=-1", "offset=99999999999999999999",
            "zipCode=1234", "zipCode=123456", "state=Texas", "latitude=91", "longitude=181", "latitude=1", "radius=101",
            "radius=x", "propertyType=Castle", "propertyType=Condo%7C", "bedrooms=x", "bedrooms=3:2", "bedrooms=-1",
            "bathrooms=1:2:3", "squareFootage=1%7C", "lotSize=:", "yearBuilt=1e9", "saleDateRange=0",
            "saleDateRange=0:5", "includeTotalCount=yes", "suppressLogging=1"})
    void aWrongValueIsNamed(String query) throws Exception {
        String name = query.substring(0, query.indexOf('='));
        String named = query.equals("latitude=1") || query.equals("longitude=181") ? "itude" : name;
        assertThat(error("/properties?" + query).getString("message")).contains(named);
        assertThat(error("/properties?" + query).getString("error")).isEqualTo("resource/bad-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"price=x", "daysOld=0", "status=Sold", "propertyType=Land"})
    void aWrongValueOfAListingIsNamed(String query) throws Exception {
        assertThat(error("/listings/rental/long-term?" + query).getString("message"))
                .contains(query.substring(0, query.indexOf('=')));
    }
}

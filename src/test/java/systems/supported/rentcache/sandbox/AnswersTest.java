package systems.supported.rentcache.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each endpoint answers: its shape, its size, and that it is the same property everywhere. */
class AnswersTest extends SandboxFixture {

    private static final String ADDRESS = "5500 Grand Lake Dr, San Antonio, TX 78244";
    private static final String ID = "5500-Grand-Lake-Dr,-San-Antonio,-TX-78244";
    private static final Set<String> BLOCK = Set.of("id", "formattedAddress", "addressLine1", "addressLine2", "city",
            "state", "stateFips", "zipCode", "county", "countyFips", "latitude", "longitude", "propertyType");

    @Test
    void aRecordHasWhatRentcastKnows() throws Exception {
        JsonObject record = object("/properties/" + ID);

        assertThat(record.fieldNames()).containsAll(BLOCK).contains("assessorID", "legalDescription", "subdivision",
                "zoning", "taxAssessments", "propertyTaxes", "owner", "ownerOccupied");
        assertThat(record.getMap()).containsEntry("id", ID).containsEntry("formattedAddress", ADDRESS)
                .containsEntry("addressLine1", "5500 Grand Lake Dr").containsEntry("addressLine2", null)
                .containsEntry("county", "Bexar").containsEntry("stateFips", "48").containsEntry("countyFips", "029");
        assertThat(record.getJsonObject("taxAssessments").getJsonObject("2025").fieldNames())
                .containsExactly("year", "value", "land", "improvements");
        assertThat(record.getJsonObject("owner").getJsonObject("mailingAddress").getString("id")).isNotEmpty();
    }

    @Test
    void aSoldHouseHasItsSalesAndFeatures() throws Exception {
        JsonObject sold = list("/properties?zipCode=78244&propertyType=Single%20Family&saleDateRange=365&limit=1")
                .getJsonObject(0);

        assertThat(sold.getString("lastSaleDate")).matches("202[56]-\\d\\d-\\d\\dT00:00:00\\.000Z");
        String day = sold.getString("lastSaleDate").substring(0, 10);
        assertThat(sold.getJsonObject("history").getJsonObject(day).getMap())
                .containsEntry("event", "Sale").containsEntry("price", sold.getInteger("lastSalePrice"));
        assertThat(sold.getJsonObject("features").fieldNames()).contains("coolingType", "garage", "roofType", "pool");
    }

    @Test
    void aListingHasItsHistoryAndWhoPlacedIt() throws Exception {
        JsonObject listing = list("/listings/sale?zipCode=78244&limit=1").getJsonObject(0);

        assertThat(listing.fieldNames()).containsAll(BLOCK).contains("status", "price", "listingType", "listedDate",
                "createdDate", "lastSeenDate", "daysOnMarket", "mlsName", "mlsNumber", "listingAgent", "listingOffice");
        assertThat(listing.getString("status")).isEqualTo("Active");
        assertThat(listing.containsKey("removedDate")).isFalse();
        JsonObject history = listing.getJsonObject("history");
        JsonObject latest = history.getJsonObject(history.fieldNames().iterator().next());
        assertThat(latest.getMap()).containsEntry("event", "Sale Listing")
                .containsEntry("price", listing.getInteger("price"));
        assertThat(list("/listings/rental/long-term?zipCode=78244&limit=1").getJsonObject(0).getJsonObject("history")
                .toString()).contains("Rental Listing");
    }

    @Test
    void anInactiveListingWasRemoved() throws Exception {
        JsonObject listing = list("/listings/sale?zipCode=78244&limit=1&status=Inactive").getJsonObject(0);

        assertThat(listing.getString("status")).isEqualTo("Inactive");
        assertThat(listing.getString("removedDate")).isGreaterThan(listing.getString("lastSeenDate"));
    }

    @Test
    void anEstimateHasComparablesTheLikestFirst() throws Exception {
        JsonObject estimate = object("/avm/value?address=" + encoded(ADDRESS));

        assertThat(estimate.getLong("price")).isBetween(
                estimate.getLong("priceRangeLow"), estimate.getLong("priceRangeHigh"));
        assertThat(estimate.getJsonObject("subjectProperty").getString("id")).isEqualTo(ID);
        List<JsonObject> comparables = objects(estimate.getJsonArray("comparables"));
        assertThat(comparables).hasSize(15).allSatisfy(comparable -> assertThat(comparable.fieldNames())
                .containsAll(BLOCK).contains("price", "distance", "daysOld", "correlation", "lastSeenDate"));
        assertThat(comparables).extracting(one -> -one.getDouble("correlation")).isSorted();
        assertThat(comparables).extracting(one -> one.getDouble("correlation")).allMatch(it -> it > 0 && it < 1);
    }

    @Test
    void aRentIsARentAndItsHouseIsNoLand() throws Exception {
        JsonObject estimate = object("/avm/rent/long-term?compCount=5&address=" + encoded(ADDRESS));

        assertThat(estimate.getLong("rent")).isBetween(
                estimate.getLong("rentRangeLow"), estimate.getLong("rentRangeHigh"));
        assertThat(estimate.getLong("rent")).isBetween(500L, 5_000L);
        assertThat(estimate.getJsonArray("comparables")).hasSize(5);
        assertThat(error("/avm/rent/long-term?propertyType=Land&address=" + encoded(ADDRESS)).getString("message"))
                .contains("propertyType");
    }

    @Test
    void anEstimateUsesTheAttributesThatItIsGiven() throws Exception {
        String target = "/avm/value?address=" + encoded(ADDRESS);
        JsonObject small = object(target + "&squareFootage=1000");
        JsonObject large = object(target + "&squareFootage=2000");

        assertThat(large.getLong("price")).isGreaterThan(small.getLong("price"));
        assertThat(object(target + "&lookupSubjectAttributes=false").getJsonObject("subjectProperty").fieldNames())
                .contains("id").doesNotContain("bedrooms", "squareFootage", "propertyType");
        assertThat(object("/avm/value?latitude=29.4241&longitude=-98.4936").getJsonObject("subjectProperty").getMap())
                .containsOnlyKeys("latitude", "longitude");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "address=nowhere", "address=1+Main+St,+Atlantis,+TX+78244", "latitude=0&longitude=0",
            "latitude=29.4", "address=1+Main+St,+Austin,+TX&compCount=4", "address=1+Main+St,+Austin,+TX&daysOld=0",
            "address=1+Main+St,+Austin,+TX&maxRadius=0.01"})
    void whatCannotBeEstimatedIsABadRequest(String query) throws Exception {
        assertThat(error("/avm/value?" + query).getMap())
                .containsEntry("status", 400).containsEntry("error", "resource/bad-request");
    }

    @Test
    void aMarketHasBothKindsWithTheirHistory() throws Exception {
        JsonObject market = object("/markets?zipCode=78244");

        assertThat(market.fieldNames()).containsExactly("id", "zipCode", "saleData", "rentalData");
        JsonObject sale = market.getJsonObject("saleData");
        assertThat(sale.fieldNames()).contains("lastUpdatedDate", "averagePrice", "medianPrice", "minPrice",
                "maxPrice", "medianPricePerSquareFoot", "averageSquareFootage", "maxDaysOnMarket", "newListings",
                "totalListings", "dataByPropertyType", "dataByBedrooms");
        assertThat(market.getJsonObject("rentalData").fieldNames()).contains("averageRent", "minRentPerSquareFoot");
        assertThat(sale.getJsonObject("history").fieldNames()).hasSize(12).contains("2026-03", "2025-04");
        assertThat(sale.getInteger("totalListings")).isEqualTo(total("/listings/sale?zipCode=78244"));
        assertThat(sale.getDouble("minPrice")).isEqualTo(objects(list("/listings/sale?limit=500&zipCode=78244"))
                .stream().mapToDouble(one -> one.getDouble("price")).min().orElseThrow());
    }

    @Test
    void aMarketIsAsLongAndAsWideAsAsked() throws Exception {
        assertThat(object("/markets?zipCode=78244&dataType=Rental").fieldNames())
                .containsExactly("id", "zipCode", "rentalData");
        assertThat(object("/markets?zipCode=78244&historyRange=3").getJsonObject("saleData").getJsonObject("history")
                .fieldNames()).containsExactly("2026-03", "2026-02", "2026-01");
        assertThat(error("/markets").getString("message")).contains("zipCode");
        assertThat(error("/markets?zipCode=00000").getInteger("status")).isEqualTo(404);
    }

    @Test
    void theSameQuestionHasTheSameBytesAllDayAndFromEverySandbox() throws Exception {
        List<String> questions = List.of("/properties?zipCode=02115&limit=20", "/listings/sale?city=Austin&state=TX",
                "/avm/value?address=" + encoded(ADDRESS), "/markets?zipCode=10001", "/properties/" + ID);
        SandboxServer first = sandbox;
        for (String question : questions) {
            String answer = get(question).body();
            first.advance(Duration.ofHours(13));
            assertThat(get(question).body()).isEqualTo(answer);
            first.reset();
            sandbox = start(options());
            assertThat(get(question).body()).isEqualTo(answer);
            await(sandbox.close());
            sandbox = first;
        }
    }

    @Test
    void randomRecordsDifferFromCallToCall() throws Exception {
        assertThat(ids(list("/properties/random?limit=5"))).hasSize(5)
                .doesNotContainAnyElementsOf(ids(list("/properties/random?limit=5")));
    }

    @Test
    void aPropertyIsTheSameInEveryEndpoint() throws Exception {
        JsonObject listing = list("/listings/sale?zipCode=78244&propertyType=Single%20Family&limit=1").getJsonObject(0);
        String address = encoded(listing.getString("formattedAddress"));
        List<JsonObject> others = List.of(
                object("/properties/" + listing.getString("id")),
                object("/listings/sale/" + listing.getString("id")),
                list("/properties?address=" + address).getJsonObject(0),
                list("/listings/sale?address=" + address).getJsonObject(0),
                object("/avm/value?address=" + address).getJsonObject("subjectProperty"));

        for (String field : List.of("id", "latitude", "longitude", "propertyType", "bedrooms", "bathrooms",
                "squareFootage", "yearBuilt", "county")) {
            assertThat(others).extracting(other -> other.getValue(field)).containsOnly(listing.getValue(field));
        }
    }

    @Test
    void everyIdLeadsBackToItsProperty() throws Exception {
        for (JsonObject record : objects(list("/properties?zipCode=78244&limit=60"))) {
            assertThat(object("/properties/" + record.getString("id"))).isEqualTo(record);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 Main St, Portland, ME 04101", "77 n elm st, Apt 3, austin, tx, 78704",
            "99 Rue De La Paix, Saint Louis, MO", "12 O'Hara Blvd #5, Miami, FL 33131-1234"})
    void anyAddressOfAKnownCityResolves(String address) throws Exception {
        JsonObject record = list("/properties?address=" + encoded(address)).getJsonObject(0);

        assertThat(object("/properties/" + record.getString("id"))).isEqualTo(record);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "5500-grand-lake-dr,-San-Antonio,-TX-78244", "%20", ",,,,", "78244",
            "1-Main-St,-Atlantis,-TX-78244", "Main-St,-San-Antonio,-TX-78244", "a%2Fb"})
    void anUnknownIdIsNotFound(String id) throws Exception {
        assertThat(error("/properties/" + id).getMap())
                .containsEntry("status", 404).containsEntry("error", "resource/not-found");
        assertThat(error("/listings/sale/" + id).getInteger("status")).isEqualTo(404);
    }

    @Test
    void answersAreAboutAsLargeAsRentcasts() throws Exception {
        HttpResponse<String> records = get("/properties?city=San+Antonio&state=TX&limit=500");
        assertThat(new JsonArray(records.body())).hasSize(500);
        assertThat(records.body().length()).isCloseTo(1_100_000, within(200_000));
        assertThat(get("/listings/sale?city=San+Antonio&limit=100").body().length() / 100).isBetween(5_000, 7_500);
        String value = "/avm/value?address=" + encoded(ADDRESS) + "&compCount=";
        assertThat(get(value + 5).body().length()).isBetween(3_500, 6_000);
        assertThat(get(value + 25).body().length()).isBetween(14_000, 20_000);
        assertThat(get("/markets?zipCode=78244").body().length()).isCloseTo(47_000, within(10_000));
    }

    @Test
    void timeChangesListingsMarketsAndEstimates() throws Exception {
        JsonObject listing = list("/listings/sale?zipCode=78244&daysOld=5&limit=1").getJsonObject(0);
        String id = listing.getString("id");
        String market = get("/markets?zipCode=78244").body();
        String estimate = get("/avm/value?compCount=25&address=" + encoded(ADDRESS)).body();

        sandbox.advance(Duration.ofDays(1));
        JsonObject next = object("/listings/sale/" + id);
        assertThat(next.getInteger("daysOnMarket")).isEqualTo(listing.getInteger("daysOnMarket") + 1);
        assertThat(next.getString("lastSeenDate")).isEqualTo("2026-03-16T00:00:00.000Z");
        assertThat(get("/markets?zipCode=78244").body()).isNotEqualTo(market);
        assertThat(get("/avm/value?compCount=25&address=" + encoded(ADDRESS)).body()).isNotEqualTo(estimate);

        sandbox.advance(Duration.ofDays(180));
        JsonObject last = object("/listings/sale/" + id);
        assertThat(last.getString("status")).isEqualTo("Inactive");
        assertThat(last.getInteger("price")).isLessThanOrEqualTo(listing.getInteger("price"));
    }

    private int total(String target) throws Exception {
        return Integer.parseInt(get(target + "&includeTotalCount=true").headers().firstValue("X-Total-Count").get());
    }
}

package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The statistics of a ZIP code, counted from the very listings that a search would find in it. */
final class MarketReport {
    private static final YearMonth FIRST_MONTH = YearMonth.of(2020, 1);

    private final World world;
    private final int day;
    private final Zip zip;
    private final boolean sales;
    private final boolean rentals;
    private final int months;

    /**
     * Reads which statistics are asked for.
     *
     * @param day as of when
     * @throws RentcastError where a parameter is wrong, or there is no such ZIP code
     */
    MarketReport(World world, Parameters parameters, int day) {
        this.world = world;
        this.day = day;
        String code = parameters.text("zipCode", "\\d{5}", "5 digits");
        String type = parameters.text("dataType", "(?i)All|Sale|Rental", "All, Sale or Rental");
        months = parameters.integer("historyRange", 1, Integer.MAX_VALUE, 12);
        if (code == null) {
            throw Parameters.wrong("zipCode", "5 digits; it is required");
        }
        zip = world.gazetteer().zip(code);
        if (zip == null) {
            throw RentcastError.notFound("There are no statistics of the ZIP code " + code + ".");
        }
        sales = !"rental".equalsIgnoreCase(type);
        rentals = !"sale".equalsIgnoreCase(type);
    }

    /** The report as work still to do. */
    Work work() {
        return new Work(true, this::answer);
    }

    private Answer answer() {
        List<Property> properties = IntStream.range(0, zip.properties())
                .mapToObj(index -> world.generator().at(zip.address(index)))
                .toList();
        JsonObject report = new JsonObject().put("id", zip.code()).put("zipCode", zip.code());
        if (sales) {
            report.put("saleData", market(properties, ListingKind.SALE));
        }
        if (rentals) {
            report.put("rentalData", market(properties, ListingKind.RENTAL));
        }
        return Answer.of(report);
    }

    private JsonObject market(List<Property> properties, ListingKind kind) {
        LocalDate today = LocalDate.ofEpochDay(day);
        JsonObject market = new JsonObject().put("lastUpdatedDate", Days.midnight(day));
        market.mergeIn(new Period(kind, day, day - 29).over(properties).toJson(true));
        JsonObject history = new JsonObject();
        YearMonth last = YearMonth.from(today);
        for (int back = 0; back < months && !last.minusMonths(back).isBefore(FIRST_MONTH); back++) {
            YearMonth month = last.minusMonths(back);
            int first = (int) month.atDay(1).toEpochDay();
            int end = Math.min(day, (int) month.atEndOfMonth().toEpochDay());
            JsonObject entry = new JsonObject().put("date", Days.midnight(first));
            history.put(month.toString(), entry.mergeIn(new Period(kind, end, first).over(properties).toJson(false)));
        }
        return market.put("history", history);
    }

    /** The listings of a kind that were active on a day, in all, by type and by bedrooms. */
    private static final class Period {
        private final ListingKind kind;
        private final int day;
        private final int firstDay;
        private final Sample all = new Sample();
        private final TreeMap<PropertyType, Sample> byType = new TreeMap<>();
        private final TreeMap<Integer, Sample> byBedrooms = new TreeMap<>();

        /** Those active on {@code day}, of which those listed from {@code firstDay} on are new. */
        Period(ListingKind kind, int day, int firstDay) {
            this.kind = kind;
            this.day = day;
            this.firstDay = firstDay;
        }

        Period over(List<Property> properties) {
            for (Property property : properties) {
                Listing listing = kind.latest(property, day);
                if (listing != null && listing.isActive(day)) {
                    boolean fresh = listing.listedDay() >= firstDay;
                    all.add(listing, day, fresh);
                    byType.computeIfAbsent(property.type(), type -> new Sample()).add(listing, day, fresh);
                    if (property.bedrooms() != null) {
                        byBedrooms.computeIfAbsent(property.bedrooms(), rooms -> new Sample())
                                .add(listing, day, fresh);
                    }
                }
            }
            return this;
        }

        /** The whole statistics, or for the parts only what the price was like, as in a history. */
        JsonObject toJson(boolean whole) {
            String price = kind == ListingKind.SALE ? "Price" : "Rent";
            JsonArray types = new JsonArray();
            byType.forEach((type, sample) -> types.add(
                    new JsonObject().put("propertyType", type.title()).mergeIn(sample.toJson(price, whole))));
            JsonArray rooms = new JsonArray();
            byBedrooms.forEach((bedrooms, sample) -> rooms.add(
                    new JsonObject().put("bedrooms", bedrooms).mergeIn(sample.toJson(price, whole))));
            return all.toJson(price, true).put("dataByPropertyType", types).put("dataByBedrooms", rooms);
        }
    }

    /** Some listings' numbers. */
    private static final class Sample {
        private final List<Double> prices = new ArrayList<>();
        private final List<Double> pricesByFoot = new ArrayList<>();
        private final List<Double> feet = new ArrayList<>();
        private final List<Double> days = new ArrayList<>();
        private int fresh;

        void add(Listing listing, int day, boolean isFresh) {
            double price = listing.price(day);
            Integer size = listing.property().squareFootage();
            prices.add(price);
            days.add((double) listing.daysOnMarket(day));
            if (size != null) {
                feet.add((double) size);
                pricesByFoot.add(price / size);
            }
            fresh += isFresh ? 1 : 0;
        }

        JsonObject toJson(String price, boolean whole) {
            JsonObject json = new JsonObject();
            put(json, price, prices, whole);
            if (whole) {
                put(json, price + "PerSquareFoot", pricesByFoot, true);
                put(json, "SquareFootage", feet, true);
                put(json, "DaysOnMarket", days, true);
            }
            return json.put("newListings", fresh).put("totalListings", prices.size());
        }

        private static void put(JsonObject json, String what, List<Double> values, boolean extremes) {
            List<Double> sorted = values.stream().sorted().toList();
            int size = sorted.size();
            boolean none = size == 0;
            double sum = 0;
            for (double value : sorted) {
                sum += value;
            }
            json.put("average" + what, none ? null : rounded(sum / size))
                    .put("median" + what, none ? null : rounded(middle(sorted)));
            if (extremes) {
                json.put("min" + what, none ? null : rounded(sorted.get(0)))
                        .put("max" + what, none ? null : rounded(sorted.get(size - 1)));
            }
        }

        private static double middle(List<Double> sorted) {
            return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
        }

        private static Number rounded(double number) {
            return PropertyRecords.number(Math.round(number * 100) / 100.0);
        }
    }
}

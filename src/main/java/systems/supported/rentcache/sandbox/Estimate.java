package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An estimate of a price or a rent from comparable listings: the likest ones near by, weighted by their likeness.
 */
final class Estimate {
    private static final int MOST_CANDIDATES = 8_000;
    private static final int FEWEST_COMPARABLES = 5;
    private static final double MILES_OTHERWISE = 10;
    private static final int DAYS_OTHERWISE = 365;
    private static final double FARTHEST_FROM_A_CITY = 30;
    /** Standard deviations to each side that hold 85 % of a normal distribution. */
    private static final double RANGE = 1.44;

    private final World world;
    private final ListingKind kind;
    private final int day;
    private final Subject subject;
    private final double maxMiles;
    private final int maxDaysOld;
    private final int count;

    /**
     * Reads what is to be estimated.
     *
     * @param kind a sale's price or a rent
     * @param day  as of when
     * @throws RentcastError where a parameter is wrong, or the address is not known
     */
    Estimate(World world, ListingKind kind, Parameters parameters, int day) {
        this.world = world;
        this.kind = kind;
        this.day = day;
        subject = Subject.of(world, kind, parameters);
        Double radius = parameters.number("maxRadius", 0, 500);
        maxMiles = radius == null ? MILES_OTHERWISE : radius;
        maxDaysOld = parameters.integer("daysOld", 1, Integer.MAX_VALUE, DAYS_OTHERWISE);
        count = parameters.integer("compCount", 5, 25, 15);
    }

    /**
     * What is estimated; what is not known of it does not count in the comparison.
     *
     * @param property      the property, or null where only a point was given
     * @param looksUp       whether the property's own attributes are used
     * @param type          its kind, or null
     * @param bedrooms      or null
     * @param bathrooms     or null
     * @param squareFootage or null
     * @param yearBuilt     or null
     */
    private record Subject(
            Property property,
            boolean looksUp,
            Point point,
            PropertyType type,
            Double bedrooms,
            Double bathrooms,
            Double squareFootage,
            Integer yearBuilt) {

        static Subject of(World world, ListingKind kind, Parameters parameters) {
            String address = parameters.text("address");
            Point point = parameters.point();
            if (address == null && point == null) {
                throw RentcastError.badRequest("Give an 'address', or 'latitude' and 'longitude'.");
            }
            Address located = address == null ? null : world.gazetteer().locate(address);
            if (address != null && located == null) {
                throw RentcastError.badRequest("The 'address' could not be parsed or located.");
            }
            if (located == null && world.gazetteer().nearest(point).centre().milesTo(point) > FARTHEST_FROM_A_CITY) {
                throw RentcastError.badRequest("There is no property near this 'latitude' and 'longitude'.");
            }
            Property property = located == null ? null : world.generator().at(located);
            boolean looksUp = parameters.flag("lookupSubjectAttributes", true) && property != null;
            PropertyType type = parameters.type(kind == ListingKind.SALE);
            Double bedrooms = parameters.number("bedrooms", 0, 1_000);
            Double bathrooms = parameters.number("bathrooms", 0, 1_000);
            Double feet = parameters.number("squareFootage", 1, 10_000_000);
            return new Subject(
                    property,
                    looksUp,
                    property == null ? point : property.point(),
                    type == null && looksUp ? property.type() : type,
                    bedrooms == null && looksUp ? real(property.bedrooms()) : bedrooms,
                    bathrooms == null && looksUp ? property.bathrooms() : bathrooms,
                    feet == null && looksUp ? real(property.squareFootage()) : feet,
                    looksUp ? property.yearBuilt() : null);
        }

        /** How like it a property is, from 0 to 1. */
        double likeness(Property other, double miles, int daysOld) {
            double apart = 0.012 * miles + 0.00008 * daysOld
                    + 0.025 * apart(bedrooms, other.bedrooms())
                    + 0.015 * apart(bathrooms, other.bathrooms())
                    + 0.0008 * apart(yearBuilt, other.yearBuilt());
            if (squareFootage != null) {
                apart += 0.25 * Math.min(1, apart(squareFootage, other.squareFootage()) / squareFootage);
            }
            return Math.max(0.3, 0.998 - apart);
        }

        private static double apart(Number one, Number other) {
            return one == null || other == null ? 0 : Math.abs(one.doubleValue() - other.doubleValue());
        }

        private static Double real(Integer number) {
            return number == null ? null : number.doubleValue();
        }

        JsonObject toJson(int day) {
            JsonObject json = new JsonObject();
            if (property != null) {
                json = PropertyRecords.block(property);
                if (!looksUp) {
                    List.of("propertyType", "bedrooms", "bathrooms", "squareFootage", "lotSize", "yearBuilt")
                            .forEach(json::remove);
                }
            } else {
                json.put("latitude", point.latitude()).put("longitude", point.longitude());
            }
            PropertyRecords.put(json, "propertyType", type == null ? null : type.title());
            PropertyRecords.put(json, "bedrooms", PropertyRecords.number(bedrooms));
            PropertyRecords.put(json, "bathrooms", PropertyRecords.number(bathrooms));
            PropertyRecords.put(json, "squareFootage", PropertyRecords.number(squareFootage));
            Sale sale = looksUp ? Sale.last(property, day) : null;
            if (sale != null) {
                json.put("lastSaleDate", Days.midnight(sale.day())).put("lastSalePrice", sale.price());
            }
            return json;
        }
    }

    private record Comparable(Listing listing, double miles, int daysOld, double likeness) {
        JsonObject toJson(int day) {
            JsonObject json = PropertyRecords.block(listing.property());
            ListingRecords.state(json, listing, day);
            return json.put("distance", rounded(miles)).put("daysOld", daysOld).put("correlation", rounded(likeness));
        }

        private static double rounded(double number) {
            return Math.round(number * 10_000) / 10_000.0;
        }
    }

    /** The estimate as work still to do. */
    Work work() {
        return new Work(true, this::answer);
    }

    private Answer answer() {
        List<Comparable> comparables = comparables();
        if (comparables.size() < FEWEST_COMPARABLES) {
            throw RentcastError.badRequest("Too few comparables were found. Try a larger 'maxRadius' or 'daysOld', or "
                    + "another 'propertyType'.");
        }
        double weights = 0;
        double sum = 0;
        double squares = 0;
        for (Comparable comparable : comparables) {
            double weight = Math.pow(comparable.likeness(), 8);
            double price = scaled(comparable.listing());
            weights += weight;
            sum += weight * price;
            squares += weight * price * price;
        }
        double mean = sum / weights;
        double deviation = Math.sqrt(Math.max(0, squares / weights - mean * mean));
        double half = Math.min(0.3 * mean, Math.max(0.05 * mean, RANGE * deviation));
        String name = kind == ListingKind.SALE ? "price" : "rent";
        JsonArray shown = new JsonArray();
        comparables.forEach(comparable -> shown.add(comparable.toJson(day)));
        return Answer.of(new JsonObject()
                .put(name, rounded(mean))
                .put(name + "RangeLow", rounded(mean - half))
                .put(name + "RangeHigh", rounded(mean + half))
                .put("subjectProperty", subject.toJson(day))
                .put("comparables", shown));
    }

    private List<Comparable> comparables() {
        List<Comparable> found = new ArrayList<>();
        int looked = 0;
        for (Zip zip : world.zipsAround(subject.point(), maxMiles)) {
            for (int i = 0; i < zip.properties() && looked < MOST_CANDIDATES; i++, looked++) {
                consider(world.generator().at(zip.address(i)), found);
            }
        }
        found.sort(Comparator.comparingDouble(Comparable::likeness).reversed());
        return found.subList(0, Math.min(count, found.size()));
    }

    private void consider(Property property, List<Comparable> found) {
        double miles = property.point().milesTo(subject.point());
        boolean itself = subject.property() != null && subject.property().address().equals(property.address());
        if (itself || miles > maxMiles || subject.type() != null && subject.type() != property.type()) {
            return;
        }
        Listing listing = kind.latest(property, day);
        if (listing != null) {
            int daysOld = Math.max(1, day - listing.lastSeenDay(day));
            if (daysOld <= maxDaysOld) {
                found.add(new Comparable(listing, miles, daysOld, subject.likeness(property, miles, daysOld)));
            }
        }
    }

    /** What the subject would cost at the comparable's price by size. */
    private double scaled(Listing listing) {
        Integer feet = listing.property().squareFootage();
        double price = listing.price(day);
        return subject.squareFootage() == null || feet == null ? price : price / feet * subject.squareFootage();
    }

    private long rounded(double dollars) {
        long step = kind == ListingKind.SALE ? 1_000 : 10;
        return Math.round(dollars / step) * step;
    }
}

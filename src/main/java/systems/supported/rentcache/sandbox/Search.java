package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Set;

/**
 * A search for properties or listings: all that is asked for must hold. Results come in the order of ZIP codes and of
 * properties in them, so that pages fit together.
 *
 * <p>It looks at {@value #MOST_CANDIDATES} properties at most. Where the area has more, it looks at as many in each ZIP
 * code, always the same ones: a whole state is a sample of itself.
 */
final class Search {
    private static final int MOST_CANDIDATES = 8_000;
    private static final int ROWS_INLINE = 100;
    private static final double MOST_MILES = 100;
    private static final double MILES_OTHERWISE = 1;

    private final World world;
    private final ListingKind kind;
    private final int day;
    private final Area area;
    private final Set<PropertyType> types;
    private final NumberFilter bedrooms;
    private final NumberFilter bathrooms;
    private final NumberFilter squareFootage;
    private final NumberFilter lotSize;
    private final NumberFilter yearBuilt;
    private final NumberFilter daysSinceSale;
    private final NumberFilter price;
    private final NumberFilter daysOld;
    private final boolean active;
    private final int limit;
    private final int offset;
    private final boolean counted;

    /**
     * Reads a search.
     *
     * @param kind which listings, or null for property records
     * @param day  as of when
     * @throws RentcastError where a parameter is wrong
     */
    Search(World world, ListingKind kind, Parameters parameters, int day) {
        this.world = world;
        this.kind = kind;
        this.day = day;
        area = Area.of(world, parameters);
        types = parameters.types(kind != ListingKind.RENTAL);
        bedrooms = parameters.filter("bedrooms");
        bathrooms = parameters.filter("bathrooms");
        squareFootage = parameters.filter("squareFootage");
        lotSize = parameters.filter("lotSize");
        yearBuilt = parameters.filter("yearBuilt");
        daysSinceSale = kind == null ? parameters.daysBack("saleDateRange") : null;
        price = kind == null ? null : parameters.filter("price");
        daysOld = kind == null ? null : parameters.daysBack("daysOld");
        String status = kind == null ? null : parameters.text("status", "(?i)Active|Inactive", "Active or Inactive");
        active = status == null || status.equalsIgnoreCase("Active");
        limit = parameters.integer("limit", 1, 500, 50);
        offset = parameters.integer("offset", 0, Integer.MAX_VALUE, 0);
        counted = parameters.flag("includeTotalCount", false);
    }

    /**
     * Where a search looks.
     *
     * @param zips   the ZIP codes
     * @param only   the one property that it looks at in place of them, or null
     * @param centre with {@code miles}, where a property must be; or null
     * @param miles  how far from the centre
     */
    private record Area(List<Zip> zips, Property only, Point centre, double miles) {
        static Area of(World world, Parameters parameters) {
            String zipCode = parameters.text("zipCode", "\\d{5}", "5 digits");
            String state = parameters.text("state", "[A-Za-z]{2}", "2 letters, such as TX");
            String city = parameters.text("city");
            String address = parameters.text("address");
            Double radius = parameters.number("radius", 0, MOST_MILES);
            Point centre = parameters.point();
            Property only = null;
            if (address != null) {
                Address located = world.gazetteer().locate(address);
                if (located == null) {
                    return new Area(List.of(), null, null, 0);
                }
                Property there = world.generator().at(located);
                only = radius == null ? there : null;
                centre = radius == null ? null : there.point();
            }
            double miles = radius == null ? MILES_OTHERWISE : radius;
            Point around = centre;
            List<Zip> zips = (only != null ? List.of(only.address().zip()) : world.gazetteer().zips()).stream()
                    .filter(zip -> zipCode == null || zip.code().equals(zipCode))
                    .filter(zip -> state == null || zip.city().state().equals(state))
                    .filter(zip -> city == null || zip.city().name().equals(city))
                    .filter(zip -> around == null || zip.centre().milesTo(around) <= miles + Zip.REACH_MILES)
                    .toList();
            return new Area(zips, only, centre, miles);
        }

        int perZip() {
            return only != null ? 1 : MOST_CANDIDATES / Math.max(1, zips.size());
        }

        boolean holds(Property property) {
            return centre == null || property.point().milesTo(centre) <= miles;
        }
    }

    /** The search as work still to do. */
    Work work() {
        return new Work(area.zips().size() > 1 || limit > ROWS_INLINE, this::answer);
    }

    private Answer answer() {
        JsonArray page = new JsonArray();
        int found = 0;
        for (Zip zip : area.zips()) {
            int candidates = Math.min(area.perZip(), zip.properties());
            for (int i = 0; i < candidates; i++) {
                Property property = area.only() != null ? area.only() : world.generator().at(zip.address(i));
                if (!fits(property)) {
                    continue;
                }
                Listing listing = kind == null ? null : kind.latest(property, day);
                if (kind != null && !fits(listing)) {
                    continue;
                }
                if (found++ >= offset && page.size() < limit) {
                    page.add(kind == null
                            ? world.records().record(property, day)
                            : ListingRecords.record(listing, day));
                }
                if (page.size() == limit && !counted) {
                    return Answer.of(page, -1);
                }
            }
        }
        return Answer.of(page, counted ? found : -1);
    }

    private boolean fits(Property property) {
        return area.holds(property)
                && (types == null || types.contains(property.type()))
                && fits(bedrooms, property.bedrooms())
                && fits(bathrooms, property.bathrooms())
                && fits(squareFootage, property.squareFootage())
                && fits(lotSize, property.lotSize())
                && fits(yearBuilt, property.yearBuilt())
                && (daysSinceSale == null || fitsSale(Sale.last(property, day)));
    }

    private boolean fitsSale(Sale sale) {
        return sale != null && daysSinceSale.matches(Math.max(1, day - sale.day()));
    }

    private boolean fits(Listing listing) {
        return listing != null
                && listing.isActive(day) == active
                && (price == null || price.matches(listing.price(day)))
                && (daysOld == null || daysOld.matches(listing.daysOld(day)));
    }

    private static boolean fits(NumberFilter filter, Number value) {
        return filter == null || filter.matches(value);
    }
}

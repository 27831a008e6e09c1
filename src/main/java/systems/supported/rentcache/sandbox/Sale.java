package systems.supported.rentcache.sandbox;

import java.util.ArrayList;
import java.util.List;

/**
 * A sale of a property: how a sale listing ended.
 *
 * @param day   when
 * @param price in dollars
 */
record Sale(int day, long price) {
    private static final int CYCLES_LOOKED_BACK = 8;

    /** The sales up to a day, the latest first, at most so many. */
    static List<Sale> upTo(Property property, int day, int most) {
        List<Sale> sales = new ArrayList<>();
        Listing listing = ListingKind.SALE.latest(property, day);
        for (int i = 0; i < CYCLES_LOOKED_BACK && listing != null && sales.size() < most; i++) {
            if (listing.closed() && listing.removedDay() <= day) {
                double haggled = listing.dice().between(0.96, 1.02);
                sales.add(new Sale(listing.removedDay(), Math.round(listing.price(day) * haggled / 100) * 100));
            }
            listing = listing.previous();
        }
        return sales;
    }

    /** The last sale up to a day, or null. */
    static Sale last(Property property, int day) {
        List<Sale> sales = upTo(property, day, 1);
        return sales.isEmpty() ? null : sales.get(0);
    }
}

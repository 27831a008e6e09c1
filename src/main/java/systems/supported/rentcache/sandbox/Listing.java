package systems.supported.rentcache.sandbox;

/**
 * One time that a property was on a market. Its price falls with every {@link #priceDays} that it finds nobody.
 *
 * @param property   the property
 * @param kind       the market
 * @param cycle      which time it is
 * @param length     days from one time to the next
 * @param phase      where in a cycle day 0 was
 * @param listedDay  its first day
 * @param removedDay the first day that it is no more on the market
 * @param priceDays  days that a price stands
 * @param asked      the first price, in dollars
 * @param closed     whether somebody was found at last
 */
record Listing(
        Property property,
        ListingKind kind,
        int cycle,
        int length,
        int phase,
        int listedDay,
        int removedDay,
        int priceDays,
        double asked,
        boolean closed) {

    boolean isActive(int day) {
        return day >= listedDay && day < removedDay;
    }

    /** The last day on which it is or was seen, as of a day. */
    int lastSeenDay(int day) {
        return Math.min(day, removedDay - 1);
    }

    int daysOnMarket(int day) {
        return lastSeenDay(day) - listedDay + 1;
    }

    /** Days since it was listed, at least 1. */
    int daysOld(int day) {
        return Math.max(1, day - listedDay);
    }

    /** The price asked as of a day, in dollars. */
    long price(int day) {
        return priceAfter((lastSeenDay(day) - listedDay) / priceDays);
    }

    /** The price asked after so many reductions, in dollars. */
    long priceAfter(int reductions) {
        return kind.rounded(asked * Math.pow(0.985, reductions));
    }

    /** The time before this one, or null. */
    Listing previous() {
        return kind.inCycle(property, cycle - 1, length, phase);
    }

    /** Numbers for the advert itself, such as who placed it. */
    Dice dice() {
        return property.dice(Dice.hash(100 + kind.ordinal(), cycle));
    }

    /** Rentcast's {@code listingType}. */
    String type() {
        if (kind == ListingKind.RENTAL) {
            return "Standard";
        }
        if (property.yearBuilt() != null && Days.year(listedDay) - property.yearBuilt() <= 2) {
            return "New Construction";
        }
        double share = dice().unit();
        return share < 0.03 ? "Foreclosure" : share < 0.05 ? "Short Sale" : "Standard";
    }
}

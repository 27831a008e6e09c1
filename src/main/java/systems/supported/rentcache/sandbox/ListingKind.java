package systems.supported.rentcache.sandbox;

/** For sale or for rent. A property comes on the market again and again, in cycles of its own length. */
enum ListingKind {
    SALE("Sale Listing", Aspect.SALE_LISTINGS, 0.9, 400, 2_400, 20, 180, 100),
    RENTAL("Rental Listing", Aspect.RENTAL_LISTINGS, 0.55, 300, 1_000, 8, 70, 5);

    private final String event;
    private final long aspect;
    private final double share;
    private final int shortestCycle;
    private final int longestCycle;
    private final int fewestDays;
    private final int mostDays;
    private final int rounding;

    ListingKind(String event, long aspect, double share, int shortestCycle, int longestCycle, int fewestDays,
            int mostDays, int rounding) {
        this.event = event;
        this.aspect = aspect;
        this.share = share;
        this.shortestCycle = shortestCycle;
        this.longestCycle = longestCycle;
        this.fewestDays = fewestDays;
        this.mostDays = mostDays;
        this.rounding = rounding;
    }

    /** What a listing's history calls it. */
    String event() {
        return event;
    }

    /** The listing that was begun last on or before a day; null where the property was never on this market. */
    Listing latest(Property property, int day) {
        Dice dice = property.dice(aspect);
        if (!dice.chance(share) || this == RENTAL && property.type() == PropertyType.LAND) {
            return null;
        }
        int length = dice.between(shortestCycle, longestCycle);
        int phase = dice.below(length);
        return inCycle(property, Math.floorDiv(day + phase, length), length, phase);
    }

    /** The listing with which a cycle begins; null where the house was not there yet. */
    Listing inCycle(Property property, int cycle, int length, int phase) {
        int listed = cycle * length - phase;
        if (property.yearBuilt() != null && Days.year(listed) < property.yearBuilt()) {
            return null;
        }
        Dice dice = property.dice(Dice.hash(aspect, cycle));
        double worth = this == SALE ? Valuation.price(property, listed) : Valuation.rent(property, listed);
        double asked = worth * dice.between(0.95, 1.08);
        int removed = listed + dice.between(fewestDays, mostDays);
        int priceDays = dice.between(14, 26);
        boolean closed = dice.chance(0.75);
        return new Listing(property, this, cycle, length, phase, listed, removed, priceDays, asked, closed);
    }

    /** An amount as such adverts give it, in dollars. */
    long rounded(double dollars) {
        return Math.max(1, Math.round(dollars / rounding)) * rounding;
    }
}

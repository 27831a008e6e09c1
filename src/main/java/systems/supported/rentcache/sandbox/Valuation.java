package systems.supported.rentcache.sandbox;

/** What a property is worth on a day: its base value, a yearly rise, a season, and a little noise of its ZIP code. */
final class Valuation {
    private static final double YEARLY_RISE = 0.041;
    private static final double DAYS_A_YEAR = 365.25;

    private Valuation() {
    }

    /** The price in dollars. */
    static double price(Property property, int day) {
        return property.baseValue() * trend(property.address().zip(), day);
    }

    /** The rent in dollars a month; dearer houses have lower rents by their price. */
    static double rent(Property property, int day) {
        double price = price(property, day);
        double share = property.dice(Aspect.RENT).between(0.85, 1.15) * 0.0068;
        return price * share * Math.pow(price / 250_000, -0.3);
    }

    private static double trend(Zip zip, int day) {
        double years = (day - Days.BASE) / DAYS_A_YEAR;
        double season = 1 + 0.02 * Math.sin(2 * Math.PI * years);
        double noise = new Dice(Dice.hash(Dice.hash(3, zip.code()), day)).between(0.996, 1.004);
        return Math.exp(YEARLY_RISE * years) * season * noise;
    }
}

package systems.supported.rentcache.sandbox;

/**
 * What is known of a property: a function of its address, so that it is the same wherever it comes up. Land has no
 * rooms, no floor and no year.
 *
 * @param address       where it is
 * @param key           the hash that all else about it is derived from
 * @param type          its kind
 * @param bedrooms      from 0 (a studio), or null
 * @param bathrooms     in halves, or null
 * @param squareFootage the floor's size, or null
 * @param lotSize       the ground's size in square feet, or null
 * @param yearBuilt     the year, or null
 * @param point         where it is
 * @param baseValue     its value on 1 January 2020, in dollars
 */
record Property(
        Address address,
        long key,
        PropertyType type,
        Integer bedrooms,
        Double bathrooms,
        Integer squareFootage,
        Integer lotSize,
        Integer yearBuilt,
        Point point,
        double baseValue) {

    /** Numbers for one aspect of it, always the same ones. */
    Dice dice(long aspect) {
        return new Dice(Dice.hash(key, aspect));
    }
}

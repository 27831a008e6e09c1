package systems.supported.rentcache.sandbox;

/**
 * A city of the sandbox's country.
 *
 * @param name           as in addresses
 * @param state          two letters
 * @param stateFips      two digits
 * @param county         its name
 * @param countyFips     three digits
 * @param centre         where it is
 * @param dollarsPerFoot what a square foot of a house costs, in dollars
 */
record City(
        String name,
        String state,
        String stateFips,
        String county,
        String countyFips,
        Point centre,
        int dollarsPerFoot) {
}

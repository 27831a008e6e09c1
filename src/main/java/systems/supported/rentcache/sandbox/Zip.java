package systems.supported.rentcache.sandbox;

import java.util.ArrayList;
import java.util.List;

/**
 * A ZIP code's area, with the addresses in it. Its place and the number of its properties follow from its digits.
 *
 * @param code       five digits
 * @param city       the city that it is in
 * @param centre     its middle
 * @param properties how many properties a search can find in it
 * @param streets    the streets in it
 */
record Zip(String code, City city, Point centre, int properties, List<String> streets) {
    /** No property is farther from the centre, in miles. */
    static final double REACH_MILES = 2;
    private static final double REACH_DEGREES = 0.018;
    private static final double CITY_REACH_DEGREES = 0.055;
    private static final int STREETS = 40;
    private static final int HOUSE_STEP = 8;
    private static final List<String> KINDS_OF_STREET = List.of("St", "Ave", "Dr", "Ln", "Rd", "Ct", "Blvd", "Way");

    static Zip of(String code, City city, List<String> streetNames) {
        Dice dice = new Dice(Dice.hash(0, code));
        Point centre = city.centre().moved(
                dice.between(-CITY_REACH_DEGREES, CITY_REACH_DEGREES),
                dice.between(-CITY_REACH_DEGREES, CITY_REACH_DEGREES));
        int properties = dice.between(550, 850);
        int first = dice.below(streetNames.size());
        List<String> streets = new ArrayList<>();
        for (int i = 0; i < STREETS; i++) {
            streets.add(streetNames.get((first + i) % streetNames.size()) + " " + dice.pick(KINDS_OF_STREET));
        }
        return new Zip(code, city, centre, properties, List.copyOf(streets));
    }

    /** The address of a property, from 0 to {@link #properties} - 1; no two are the same. */
    Address address(int index) {
        int street = index % STREETS;
        Dice ofStreet = new Dice(Dice.hash(Dice.hash(1, code), street));
        Dice dice = new Dice(Dice.hash(Dice.hash(2, code), index));
        int number = ofStreet.between(1, 90) * 100 + index / STREETS * HOUSE_STEP + dice.below(HOUSE_STEP);
        String unit = dice.chance(0.18) ? dice.pick(List.of("Apt ", "Unit ")) + dice.between(1, 48) : null;
        return new Address(number + " " + streets.get(street), unit, this);
    }

    /** Some point in it. */
    Point somewhere(Dice dice) {
        return centre.moved(
                dice.between(-REACH_DEGREES, REACH_DEGREES), dice.between(-REACH_DEGREES, REACH_DEGREES));
    }
}

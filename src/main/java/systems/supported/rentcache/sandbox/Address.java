package systems.supported.rentcache.sandbox;

/**
 * The address of a property.
 *
 * @param line1 house number and street
 * @param line2 the unit, or null
 * @param zip   where it is
 */
record Address(String line1, String line2, Zip zip) {

    /** The whole address in one line. */
    String formatted() {
        City city = zip.city();
        return line1 + (line2 == null ? "" : ", " + line2) + ", " + city.name() + ", " + city.state() + " "
                + zip.code();
    }

    /** Rentcast's id: the address with its blanks as hyphens. */
    String id() {
        return formatted().replace(' ', '-').replace('#', '-');
    }
}

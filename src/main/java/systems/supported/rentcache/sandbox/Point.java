package systems.supported.rentcache.sandbox;

/**
 * A place on the earth.
 *
 * @param latitude  degrees north
 * @param longitude degrees east
 */
record Point(double latitude, double longitude) {
    private static final double EARTH_RADIUS_MILES = 3_958.8;

    /** The point so many degrees away, to a ten-thousandth of a mile. */
    Point moved(double north, double east) {
        return new Point(rounded(latitude + north), rounded(longitude + east));
    }

    /** The great circle's length, in miles. */
    double milesTo(Point other) {
        double north = Math.sin(Math.toRadians(other.latitude - latitude) / 2);
        double east = Math.sin(Math.toRadians(other.longitude - longitude) / 2);
        double chord = north * north
                + Math.cos(Math.toRadians(latitude)) * Math.cos(Math.toRadians(other.latitude)) * east * east;
        return 2 * EARTH_RADIUS_MILES * Math.asin(Math.min(1, Math.sqrt(chord)));
    }

    private static double rounded(double degrees) {
        return Math.round(degrees * 1e6) / 1e6;
    }
}

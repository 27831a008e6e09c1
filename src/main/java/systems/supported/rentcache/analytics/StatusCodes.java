package systems.supported.rentcache.analytics;

/**
 * The statuses of answers as metrics tell them apart: those that RentCache gives itself, one by one, and the others,
 * which Rentcast may invent, by their class.
 */
final class StatusCodes {
    private static final int[] KNOWN = {
        200, 304, 400, 401, 402, 403, 404, 405, 408, 413, 429, 499, 500, 502, 503, 504
    };
    private static final int CLASSES = 6;
    private static final int HIGHEST = 599;
    private static final byte[] PLACES = places();

    /** How many places there are. */
    static final int COUNT = CLASSES + KNOWN.length;

    private StatusCodes() {
    }

    private static byte[] places() {
        byte[] places = new byte[HIGHEST + 1];
        for (int status = 0; status <= HIGHEST; status++) {
            places[status] = (byte) (status / 100);
        }
        for (int i = 0; i < KNOWN.length; i++) {
            places[KNOWN[i]] = (byte) (CLASSES + i);
        }
        return places;
    }

    /** The place of a status; of what is no status, that of the others. */
    static int place(int status) {
        return status < 0 || status > HIGHEST ? 0 : PLACES[status];
    }

    /** What a place is called: a status, the class such as {@code 2xx}, or {@code other}. */
    static String text(int place) {
        if (place >= CLASSES) {
            return Integer.toString(KNOWN[place - CLASSES]);
        }
        return place == 0 ? "other" : place + "xx";
    }
}

package systems.supported.rentcache.sandbox;

/** Which numbers of a property are meant, see {@link Property#dice}. */
final class Aspect {
    static final long RENT = 1;
    static final long FEATURES = 2;
    static final long LAND_REGISTRY = 3;
    static final long TAXES = 4;
    static final long OWNER = 5;
    static final long SALE_LISTINGS = 6;
    static final long RENTAL_LISTINGS = 7;

    private Aspect() {
    }
}

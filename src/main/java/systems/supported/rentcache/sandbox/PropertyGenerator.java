package systems.supported.rentcache.sandbox;

/**
 * Makes the property of an address from a hash of the address and the seed. Nothing is kept: a property costs about a
 * microsecond and is derived again whenever it is asked for. Immutable.
 */
final class PropertyGenerator {
    private final long seed;

    PropertyGenerator(long seed) {
        this.seed = seed;
    }

    /** The property at a known address, whether a search would find it or not. */
    Property at(Address address) {
        long key = Dice.hash(seed, address.formatted());
        Dice dice = new Dice(key);
        PropertyType type = type(address, dice.unit());
        Point point = address.zip().somewhere(dice);
        double level = address.zip().city().dollarsPerFoot() * dice.between(0.8, 1.25);
        if (type == PropertyType.LAND) {
            int lot = dice.between(40, 900) * 100;
            return new Property(address, key, type, null, null, null, lot, null, point, lot * level * 0.06);
        }
        int bedrooms = bedrooms(type, dice);
        double bathrooms = Math.max(1, (bedrooms + dice.between(-1, 2)) * 0.5 + dice.between(1, 2) * 0.5);
        int squareFootage = 380 + bedrooms * dice.between(300, 520) + dice.below(240);
        Integer lot = switch (type) {
            case CONDO, APARTMENT -> null;
            case TOWNHOUSE -> dice.between(12, 35) * 100;
            default -> dice.between(38, 140) * 100;
        };
        int year = dice.between(1925, 2024);
        double age = 0.8 + 0.25 * (year - 1925) / 100;
        double kind = type == PropertyType.MANUFACTURED ? 0.5 : type == PropertyType.MULTI_FAMILY ? 0.85 : 1;
        return new Property(address, key, type, bedrooms, bathrooms, squareFootage, lot, year, point,
                squareFootage * level * age * kind);
    }

    private static PropertyType type(Address address, double share) {
        if (address.line2() != null) {
            return share < 0.6 ? PropertyType.CONDO : PropertyType.APARTMENT;
        }
        return share < 0.68 ? PropertyType.SINGLE_FAMILY
                : share < 0.80 ? PropertyType.TOWNHOUSE
                : share < 0.87 ? PropertyType.MULTI_FAMILY
                : share < 0.93 ? PropertyType.MANUFACTURED
                : PropertyType.LAND;
    }

    private static int bedrooms(PropertyType type, Dice dice) {
        return switch (type) {
            case APARTMENT -> dice.between(0, 3);
            case CONDO -> dice.between(1, 3);
            case TOWNHOUSE, MANUFACTURED -> dice.between(2, 4);
            case MULTI_FAMILY -> dice.between(4, 8);
            default -> dice.between(2, 5);
        };
    }
}

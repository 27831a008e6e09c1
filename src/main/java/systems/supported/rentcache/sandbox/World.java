package systems.supported.rentcache.sandbox;

import java.util.Comparator;
import java.util.List;

/**
 * The sandbox's country with all its properties. Immutable; everything in it is a function of the seed.
 *
 * @param gazetteer the cities and addresses
 * @param generator makes the properties
 * @param records   writes them
 */
record World(Gazetteer gazetteer, PropertyGenerator generator, PropertyRecords records) {

    static World of(long seed) {
        Gazetteer gazetteer = Gazetteer.load();
        return new World(gazetteer, new PropertyGenerator(seed), new PropertyRecords(gazetteer));
    }

    /** The ZIP codes with properties within so many miles, the nearest first. */
    List<Zip> zipsAround(Point centre, double miles) {
        return gazetteer.zips().stream()
                .filter(zip -> zip.centre().milesTo(centre) <= miles + Zip.REACH_MILES)
                .sorted(Comparator.comparingDouble(zip -> zip.centre().milesTo(centre)))
                .toList();
    }

    /** One of the properties that a search can find. */
    Property anyProperty(Dice dice) {
        Zip zip = dice.pick(gazetteer.zips());
        return generator.at(zip.address(dice.below(zip.properties())));
    }
}

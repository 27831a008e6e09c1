package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonArray;
import java.util.concurrent.atomic.AtomicLong;

/** Rentcast's endpoints: what a question is answered with on a day. Thread-safe. */
final class RentcastApi {
    private static final int ROWS_INLINE = 100;

    private final World world;
    private final long seed;
    private final AtomicLong randomCalls = new AtomicLong();

    RentcastApi(long seed) {
        this.seed = seed;
        this.world = World.of(seed);
    }

    /**
     * Checks a question.
     *
     * @param day as of when
     * @return the work that makes its answer, which may fail with a {@link RentcastError} too
     * @throws RentcastError where a parameter is wrong
     */
    Work ask(Route route, Parameters parameters, int day) {
        parameters.flag("suppressLogging", false);
        return switch (route.endpoint()) {
            case PROPERTIES -> route.id() == null
                    ? new Search(world, null, parameters, day).work()
                    : new Work(false, () -> Answer.of(world.records().record(property(route.id()), day)));
            case PROPERTIES_RANDOM -> random(parameters.integer("limit", 1, 500, 50), day);
            case VALUE_ESTIMATE -> new Estimate(world, ListingKind.SALE, parameters, day).work();
            case RENT_ESTIMATE -> new Estimate(world, ListingKind.RENTAL, parameters, day).work();
            case LISTINGS_SALE -> listings(route, ListingKind.SALE, parameters, day);
            case LISTINGS_RENTAL -> listings(route, ListingKind.RENTAL, parameters, day);
            case MARKET_STATS -> new MarketReport(world, parameters, day).work();
        };
    }

    private Work listings(Route route, ListingKind kind, Parameters parameters, int day) {
        return route.id() == null
                ? new Search(world, kind, parameters, day).work()
                : new Work(false, () -> listing(route.id(), kind, day));
    }

    private Answer listing(String id, ListingKind kind, int day) {
        Listing listing = kind.latest(property(id), day);
        if (listing == null) {
            throw RentcastError.notFound("There is no such listing.");
        }
        return Answer.of(ListingRecords.record(listing, day));
    }

    private Property property(String id) {
        // A plus is a blank in a query only.
        Address address = world.gazetteer().ofId(Parameters.decoded(id.replace("+", "%2B")));
        if (address == null) {
            throw RentcastError.notFound("There is no property of this id.");
        }
        return world.generator().at(address);
    }

    private Work random(int limit, int day) {
        Dice dice = new Dice(Dice.hash(seed, randomCalls.incrementAndGet()));
        return new Work(limit > ROWS_INLINE, () -> {
            JsonArray records = new JsonArray();
            for (int i = 0; i < limit; i++) {
                records.add(world.records().record(world.anyProperty(dice), day));
            }
            return Answer.of(records, -1);
        });
    }
}

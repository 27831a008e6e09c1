package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonObject;

/** Writes listings as Rentcast does. */
final class ListingRecords {
    private static final int CYCLES_OF_HISTORY = 6;

    private ListingRecords() {
    }

    /** The listing as of a day, with its history and who placed it. */
    static JsonObject record(Listing listing, int day) {
        Property property = listing.property();
        JsonObject record = PropertyRecords.block(property);
        PropertyRecords.fee(record, property);
        state(record, listing, day);
        Dice dice = listing.dice();
        record.put("createdDate", Days.midnight(first(listing).listedDay()))
                .put("mlsName", property.address().zip().city().name() + " Board of Realtors")
                .put("mlsNumber", String.valueOf(dice.between(1_000_000, 9_999_999)));
        String agent = Names.person(dice);
        String office = Names.firm(dice, "Realty");
        record.put("listingAgent", contact(agent, office, dice)).put("listingOffice", contact(office, office, dice));
        if (listing.type().equals("New Construction")) {
            String builder = Names.firm(dice, "Homes");
            record.put("builder", new JsonObject()
                    .put("name", builder)
                    .put("development", dice.pick(property.address().zip().streets()) + " Village")
                    .put("phone", Names.phone(dice))
                    .put("website", "https://" + Names.domain(builder) + ".example"));
        }
        return record.put("history", history(listing, day));
    }

    /** Adds what changes with time; a comparable of an estimate has just this. */
    static void state(JsonObject json, Listing listing, int day) {
        boolean active = listing.isActive(day);
        json.put("status", active ? "Active" : "Inactive")
                .put("price", listing.price(day))
                .put("listingType", listing.type())
                .put("listedDate", Days.midnight(listing.listedDay()));
        PropertyRecords.put(json, "removedDate", active ? null : Days.midnight(listing.removedDay()));
        json.put("lastSeenDate", Days.midnight(listing.lastSeenDay(day)))
                .put("daysOnMarket", listing.daysOnMarket(day));
    }

    private static Listing first(Listing listing) {
        Listing first = listing;
        for (int i = 1; i < CYCLES_OF_HISTORY; i++) {
            Listing previous = first.previous();
            first = previous == null ? first : previous;
        }
        return first;
    }

    private static JsonObject contact(String name, String office, Dice dice) {
        String site = Names.domain(office) + ".example";
        return new JsonObject()
                .put("name", name)
                .put("phone", Names.phone(dice))
                .put("email", Names.domain(name) + "@" + site)
                .put("website", "https://www." + site);
    }

    /** Each price that was asked, by the day from which it was. */
    private static JsonObject history(Listing listing, int day) {
        JsonObject history = new JsonObject();
        Listing time = listing;
        for (int i = 0; i < CYCLES_OF_HISTORY && time != null; i++) {
            int reductions = (time.lastSeenDay(day) - time.listedDay()) / time.priceDays();
            for (int reduction = reductions; reduction >= 0; reduction--) {
                int from = time.listedDay() + reduction * time.priceDays();
                int until = Math.min(from + time.priceDays(), time.removedDay());
                JsonObject entry = new JsonObject()
                        .put("event", time.kind().event())
                        .put("price", time.priceAfter(reduction))
                        .put("listingType", time.type())
                        .put("listedDate", Days.midnight(from));
                PropertyRecords.put(entry, "removedDate", until > day ? null : Days.midnight(until));
                history.put(Days.date(from), entry.put("daysOnMarket", Math.min(day + 1, until) - from));
            }
            time = time.previous();
        }
        return history;
    }
}

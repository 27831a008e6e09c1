package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Writes properties as Rentcast does. What is not known is left out, except a second address line. */
final class PropertyRecords {
    private static final int YEARS_OF_TAXES = 6;
    private static final int SALES = 3;

    private final Gazetteer gazetteer;

    PropertyRecords(Gazetteer gazetteer) {
        this.gazetteer = gazetteer;
    }

    /** The address block and the sizes, with which every answer about a property begins. */
    static JsonObject block(Property property) {
        JsonObject block = address(property.address())
                .put("latitude", property.point().latitude())
                .put("longitude", property.point().longitude())
                .put("propertyType", property.type().title());
        put(block, "bedrooms", property.bedrooms());
        put(block, "bathrooms", number(property.bathrooms()));
        put(block, "squareFootage", property.squareFootage());
        put(block, "lotSize", property.lotSize());
        put(block, "yearBuilt", property.yearBuilt());
        return block;
    }

    /** The whole record as of a day. */
    JsonObject record(Property property, int day) {
        JsonObject record = block(property);
        registry(record, property);
        List<Sale> sales = Sale.upTo(property, day, SALES);
        if (!sales.isEmpty()) {
            record.put("lastSaleDate", Days.midnight(sales.get(0).day()))
                    .put("lastSalePrice", sales.get(0).price());
        }
        fee(record, property);
        if (property.type() != PropertyType.LAND) {
            record.put("features", features(property));
        }
        taxes(record, property, Days.year(day) - 1);
        if (!sales.isEmpty()) {
            JsonObject history = new JsonObject();
            for (Sale sale : sales) {
                history.put(Days.date(sale.day()), new JsonObject()
                        .put("event", "Sale")
                        .put("date", Days.midnight(sale.day()))
                        .put("price", sale.price()));
            }
            record.put("history", history);
        }
        owner(record, property, sales.isEmpty() ? 0 : sales.get(0).day());
        return record;
    }

    /** Adds the fee of the owners' association, where there is one. */
    static void fee(JsonObject json, Property property) {
        Dice dice = property.dice(Aspect.LAND_REGISTRY);
        boolean shared = property.type() == PropertyType.CONDO || property.type() == PropertyType.TOWNHOUSE;
        int fee = dice.between(3, 60) * 5;
        if (shared || dice.chance(0.3)) {
            json.put("hoa", new JsonObject().put("fee", fee));
        }
    }

    private static void registry(JsonObject record, Property property) {
        Dice dice = property.dice(Aspect.LAND_REGISTRY);
        String lot = " BLK " + dice.between(1, 40) + " LOT " + dice.between(1, 60);
        String plat = property.address().zip().city().state() + " " + dice.between(1_000, 9_999) + "A";
        record.put("assessorID", String.format(Locale.ROOT, "%05d-%03d-%04d",
                        dice.below(100_000), dice.below(1_000), dice.below(10_000)))
                .put("legalDescription", plat + lot)
                .put("subdivision", dice.pick(property.address().zip().streets()).toUpperCase(Locale.ROOT)
                        + " ESTATES UNIT " + dice.between(1, 9))
                .put("zoning", dice.pick(List.of("R-1", "R-4", "R-5", "R-6", "RM-4", "MF-33", "C-2")));
    }

    private static JsonObject features(Property property) {
        Dice dice = property.dice(Aspect.FEATURES);
        int units = property.type() == PropertyType.MULTI_FAMILY ? dice.between(2, 4) : 1;
        JsonObject features = new JsonObject()
                .put("architectureType", dice.pick(List.of("Ranch", "Contemporary", "Colonial", "Bungalow", "Other")))
                .put("cooling", true)
                .put("coolingType", dice.pick(List.of("Central", "Evaporative Cooler", "Window", "Heat Pump")))
                .put("exteriorType", dice.pick(List.of("Wood", "Brick Veneer", "Stucco", "Vinyl", "Stone")));
        optional(features, dice, 0.55, "fireplace", "fireplaceType", List.of("Masonry", "Gas Log", "Single"));
        features.put("floorCount", dice.between(1, 2))
                .put("foundationType", dice.pick(List.of("Slab", "Crawl Space", "Basement", "Pier & Beam")));
        if (optional(features, dice, 0.75, "garage", "garageType", List.of("Garage", "Attached", "Detached"))) {
            features.put("garageSpaces", dice.between(1, 3));
        }
        features.put("heating", true)
                .put("heatingType", dice.pick(List.of("Forced Air", "Heat Pump", "Radiant", "Central")));
        optional(features, dice, 0.2, "pool", "poolType", List.of("Concrete", "Vinyl", "Fiberglass"));
        return features.put("roofType", dice.pick(List.of("Asphalt", "Composition Shingle", "Tile", "Metal")))
                .put("roomCount", property.bedrooms() + dice.between(2, 4))
                .put("unitCount", units)
                .put("viewType", dice.pick(List.of("City", "Park", "Water", "Mountain", "Other")));
    }

    private static boolean optional(
            JsonObject features, Dice dice, double share, String name, String typeName, List<String> types) {
        boolean there = dice.chance(share);
        features.put(name, there);
        if (there) {
            features.put(typeName, dice.pick(types));
        }
        return there;
    }

    private static void taxes(JsonObject record, Property property, int lastYear) {
        JsonObject assessments = new JsonObject();
        JsonObject taxes = new JsonObject();
        Dice dice = property.dice(Aspect.TAXES);
        double landShare = property.type() == PropertyType.LAND ? 1 : dice.between(0.12, 0.35);
        double rate = dice.between(0.008, 0.024);
        for (int year = lastYear - YEARS_OF_TAXES + 1; year <= lastYear; year++) {
            int firstOfJanuary = Days.BASE + (int) Math.round((year - 2020) * 365.25);
            long value = Math.round(Valuation.price(property, firstOfJanuary) * 0.92 / 10) * 10;
            long land = Math.round(value * landShare);
            assessments.put(String.valueOf(year), new JsonObject()
                    .put("year", year)
                    .put("value", value)
                    .put("land", land)
                    .put("improvements", value - land));
            taxes.put(String.valueOf(year), new JsonObject().put("year", year).put("total", Math.round(value * rate)));
        }
        record.put("taxAssessments", assessments).put("propertyTaxes", taxes);
    }

    private void owner(JsonObject record, Property property, int sinceDay) {
        Dice dice = property.dice(Dice.hash(Aspect.OWNER, sinceDay));
        boolean firm = property.type() == PropertyType.MULTI_FAMILY || dice.chance(0.12);
        boolean occupied = !firm && property.type() != PropertyType.LAND && dice.chance(0.7);
        JsonArray names = new JsonArray();
        if (firm) {
            names.add(Names.firm(dice, "Holdings LLC"));
        } else {
            names.add(Names.person(dice));
            if (dice.chance(0.4)) {
                names.add(Names.person(dice));
            }
        }
        Zip elsewhere = dice.pick(gazetteer.zips());
        Address mail = occupied ? property.address() : elsewhere.address(dice.below(elsewhere.properties()));
        JsonObject mailing = address(mail);
        mailing.remove("stateFips");
        mailing.remove("county");
        mailing.remove("countyFips");
        record.put("owner", new JsonObject()
                        .put("names", names)
                        .put("type", firm ? "Organization" : "Individual")
                        .put("mailingAddress", mailing))
                .put("ownerOccupied", occupied);
    }

    private static JsonObject address(Address address) {
        City city = address.zip().city();
        return new JsonObject()
                .put("id", address.id())
                .put("formattedAddress", address.formatted())
                .put("addressLine1", address.line1())
                .put("addressLine2", address.line2())
                .put("city", city.name())
                .put("state", city.state())
                .put("stateFips", city.stateFips())
                .put("zipCode", address.zip().code())
                .put("county", city.county())
                .put("countyFips", city.countyFips());
    }

    /** Adds a member unless its value is not known. */
    static void put(JsonObject json, String name, Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    /** A number as JSON writes it best: {@code 2} and {@code 2.5}. */
    static Number number(Double number) {
        if (number == null || number != Math.rint(number)) {
            return number;
        }
        return number.longValue();
    }
}

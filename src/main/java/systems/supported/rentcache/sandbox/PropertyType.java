package systems.supported.rentcache.sandbox;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What kind of property it is. */
enum PropertyType {
    SINGLE_FAMILY("Single Family"),
    CONDO("Condo"),
    TOWNHOUSE("Townhouse"),
    MANUFACTURED("Manufactured"),
    MULTI_FAMILY("Multi-Family"),
    APARTMENT("Apartment"),
    LAND("Land");

    private final String title;

    PropertyType(String title) {
        this.title = title;
    }

    /** As Rentcast writes it. */
    String title() {
        return title;
    }

    /** The type of a title in any letter case, or null. */
    static PropertyType of(String title) {
        return Arrays.stream(values()).filter(type -> type.title.equalsIgnoreCase(title)).findFirst().orElse(null);
    }

    /** All titles, for messages. */
    static String titles() {
        return Arrays.stream(values()).map(PropertyType::title).collect(Collectors.joining(", "));
    }
}

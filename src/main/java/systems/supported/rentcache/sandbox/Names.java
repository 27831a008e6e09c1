package systems.supported.rentcache.sandbox;

import java.util.List;
import java.util.Locale;

/** Names of people and firms who do not exist. */
final class Names {
    private static final List<String> FIRST = List.of(
            "Maria", "James", "Linda", "Robert", "Elena", "Michael", "Susan", "David", "Karen", "Daniel", "Nora",
            "Thomas", "Grace", "Kevin", "Laura", "Victor", "Alice", "Samuel", "Irene", "Oscar");
    private static final List<String> LAST = List.of(
            "Smith", "Garcia", "Johnson", "Nguyen", "Brown", "Martinez", "Davis", "Kim", "Wilson", "Lopez", "Clark",
            "Patel", "Lewis", "Rivera", "Walker", "Cohen", "Young", "Schmidt", "Wright", "Torres");
    private static final List<String> FIRM = List.of(
            "Lone Star", "Blue Ridge", "Keystone", "Evergreen", "Landmark", "Cornerstone", "Riverbend", "Summit",
            "Heritage", "Pioneer", "Beacon", "Northgate");

    private Names() {
    }

    static String person(Dice dice) {
        return dice.pick(FIRST) + " " + dice.pick(LAST);
    }

    static String firm(Dice dice, String trade) {
        return dice.pick(FIRM) + " " + trade;
    }

    /** A telephone number of ten digits out of the block that is kept free for fiction. */
    static String phone(Dice dice) {
        return dice.between(201, 989) + "55501" + dice.between(10, 99);
    }

    /** A word for a domain: letters only. */
    static String domain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }
}

package systems.supported.rentcache.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The sandbox's country: some dozens of real cities with some of their ZIP codes. Immutable. */
final class Gazetteer {
    private static final Pattern ZIP = Pattern.compile("(?:([A-Za-z]{2}) )?(\\d{5})(?:-\\d{4})?");
    private static final Pattern STREET = Pattern.compile("\\d\\S{0,9} \\S.*");
    private static final Set<String> DIRECTIONS = Set.of("N", "E", "S", "W", "NE", "NW", "SE", "SW");
    private static final int LONGEST_ADDRESS = 200;

    private final Map<String, Zip> zips;

    private Gazetteer(Map<String, Zip> zips) {
        this.zips = zips;
    }

    /** Reads the country from the jar. */
    static Gazetteer load() {
        List<String> streets = lines("/sandbox/streets.txt");
        Map<String, Zip> zips = new LinkedHashMap<>();
        for (String line : lines("/sandbox/gazetteer.txt")) {
            String[] part = line.split("\\|");
            Point centre = new Point(Double.parseDouble(part[5]), Double.parseDouble(part[6]));
            City city = new City(part[0], part[1], part[2], part[3], part[4], centre, Integer.parseInt(part[7]));
            for (String code : part[8].split(" ")) {
                zips.put(code, Zip.of(code, city, streets));
            }
        }
        return new Gazetteer(zips);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = Gazetteer.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** All ZIP codes, always in the same order. */
    List<Zip> zips() {
        return List.copyOf(zips.values());
    }

    /** The ZIP code's area, or null. */
    Zip zip(String code) {
        return zips.get(code);
    }

    /** The area whose centre is nearest. */
    Zip nearest(Point point) {
        Zip nearest = null;
        double least = Double.MAX_VALUE;
        for (Zip zip : zips.values()) {
            double miles = zip.centre().milesTo(point);
            if (miles < least) {
                least = miles;
                nearest = zip;
            }
        }
        return nearest;
    }

    /**
     * Finds an address, {@code Street[, Unit], City, State, Zip}, as a geocoder does: letter case does not matter, and
     * the ZIP code may be left out.
     *
     * @return the address as it is properly written, or null where it is in no known city or has no house number
     */
    Address locate(String text) {
        if (text.length() > LONGEST_ADDRESS) {
            return null;
        }
        List<String> parts = new ArrayList<>(Arrays.stream(text.replace('#', ' ').split(","))
                .map(part -> part.strip().replaceAll("\\s+", " "))
                .filter(part -> !part.isEmpty())
                .toList());
        String state = null;
        String code = null;
        Matcher zip = ZIP.matcher(parts.isEmpty() ? "" : parts.get(parts.size() - 1));
        if (zip.matches()) {
            parts.remove(parts.size() - 1);
            state = zip.group(1);
            code = zip.group(2);
        }
        if (state == null && !parts.isEmpty()) {
            state = parts.remove(parts.size() - 1);
        }
        if (parts.size() < 2 || parts.size() > 3 || !STREET.matcher(parts.get(0)).matches()) {
            return null;
        }
        String city = parts.remove(parts.size() - 1);
        String street = properCase(parts.get(0));
        Zip found = code != null ? zips.get(code) : anyZip(city, state, street);
        if (found == null || !isIn(found.city(), city, state)) {
            return null;
        }
        return new Address(street, parts.size() == 2 ? properCase(parts.get(1)) : null, found);
    }

    /** The address that an id was made of, or null where it is no id of this country. */
    Address ofId(String id) {
        Address address = locate(id.replace('-', ' '));
        return address != null && address.id().equals(id) ? address : null;
    }

    private Zip anyZip(String city, String state, String street) {
        List<Zip> choices = zips.values().stream().filter(zip -> isIn(zip.city(), city, state)).toList();
        return choices.isEmpty() ? null : new Dice(Dice.hash(0, street)).pick(choices);
    }

    private static boolean isIn(City city, String name, String state) {
        return city.name().equalsIgnoreCase(name) && city.state().equalsIgnoreCase(state);
    }

    private static String properCase(String street) {
        return Arrays.stream(street.split(" ")).map(Gazetteer::properWord).collect(Collectors.joining(" "));
    }

    private static String properWord(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        String lower = word.toLowerCase(Locale.ROOT);
        if (DIRECTIONS.contains(upper)) {
            return upper;
        }
        return word.equals(lower) || word.equals(upper) ? upper.charAt(0) + lower.substring(1) : word;
    }
}

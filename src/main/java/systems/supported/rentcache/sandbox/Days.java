package systems.supported.rentcache.sandbox;

import java.time.LocalDate;

/**
 * The sandbox's days: whole days since 1970-01-01 in UTC. Its data change at midnight and at no other time, so an
 * answer is the same, byte for byte, for a whole day.
 */
final class Days {
    /** The day of which properties know their base value: 1 January 2020. */
    static final int BASE = (int) LocalDate.of(2020, 1, 1).toEpochDay();

    private Days() {
    }

    /** {@code 2026-08-01}. */
    static String date(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }

    /** {@code 2026-08-01T00:00:00.000Z}. */
    static String midnight(int day) {
        return date(day) + "T00:00:00.000Z";
    }

    static int year(int day) {
        return LocalDate.ofEpochDay(day).getYear();
    }
}

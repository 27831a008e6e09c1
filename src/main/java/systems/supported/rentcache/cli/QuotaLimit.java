package systems.supported.rentcache.cli;

import systems.supported.rentcache.limits.Quota;

/**
 * A number of requests a day or a month, as written on the command line.
 *
 * @param requests at least 1, or {@link Quota#UNLIMITED}
 */
record QuotaLimit(long requests) {
    private static final long MOST = 1_000_000_000_000L;

    /**
     * Reads a number or {@code unlimited}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    static QuotaLimit parse(String text) {
        String plain = text.strip();
        if (plain.equalsIgnoreCase("unlimited")) {
            return new QuotaLimit(Quota.UNLIMITED);
        }
        if (plain.matches("[0-9]{1,13}") && Long.parseLong(plain) >= 1 && Long.parseLong(plain) <= MOST) {
            return new QuotaLimit(Long.parseLong(plain));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not allowed; allowed: a whole number from 1 to " + MOST + ", or unlimited");
    }
}

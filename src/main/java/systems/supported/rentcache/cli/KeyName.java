package systems.supported.rentcache.cli;

/**
 * A name for a key, as written on the command line.
 *
 * @param text 1 to 100 characters, none of them a control character
 */
record KeyName(String text) {
    private static final int LONGEST = 100;

    /**
     * Reads a name; blanks around it do not count.
     *
     * @throws IllegalArgumentException when the text cannot be one
     */
    static KeyName parse(String text) {
        String name = text.strip();
        int length = name.codePointCount(0, name.length());
        if (length < 1 || length > LONGEST || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a name is 1 to " + LONGEST + " characters, none of them a control character");
        }
        return new KeyName(name);
    }
}

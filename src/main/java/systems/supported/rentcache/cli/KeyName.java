package systems.supported.rentcache.cli;

import systems.supported.rentcache.admin.KeyRequest;

/**
 * A name for a key, as written on the command line.
 *
 * @param text 1 to 100 characters, none of them a control character
 */
record KeyName(String text) {
    /**
     * Reads a name; blanks around it do not count.
     *
     * @throws IllegalArgumentException when the text cannot be one
     */
    static KeyName parse(String text) {
        if (!KeyRequest.isName(text)) {
            throw new IllegalArgumentException("a name is " + KeyRequest.NAME);
        }
        return new KeyName(text.strip());
    }
}

package systems.supported.rentcache.config;

/** Texts from outside, made fit to stand in a message of one line. */
final class Shown {

    private static final int LONGEST = 120;

    private Shown() {
    }

    /** The text on one line: control characters as Java escapes them, cut after 120 characters. */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(point -> {
            if (Character.isISOControl(point)) {
                line.append(String.format("\\u%04x", point));
            } else {
                line.appendCodePoint(point);
            }
        });
        return text.codePointCount(0, text.length()) > LONGEST ? line + "…" : line.toString();
    }

    /** A URL without what may be secret in it: user, password and options. */
    static String url(String text) {
        int at = text.lastIndexOf('@');
        int colon = text.indexOf(':');
        String open = at < 0
                ? text
                : (colon >= 0 && colon < at ? text.substring(0, colon) + "://" : "") + Secret.MASK + text.substring(at);
        int options = open.indexOf('?');
        return options < 0 ? open : open.substring(0, options + 1) + Secret.MASK;
    }
}

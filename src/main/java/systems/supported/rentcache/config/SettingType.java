package systems.supported.rentcache.config;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How a setting's text becomes its value.
 *
 * @param <T>     the value's Java type
 * @param allowed which texts are read, as a phrase for people
 * @param parser  reads a text that has no blanks at its ends
 * @param shown   the text as it may be shown to people
 * @param secret  whether nothing of the text may be shown
 */
record SettingType<T>(String allowed, Parser<T> parser, UnaryOperator<String> shown, boolean secret) {

    /** Reads a text, or refuses it. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text) throws RefusedException;
    }

    /** A type whose texts may be shown as they are. */
    static <T> SettingType<T> of(String allowed, Parser<T> parser) {
        return new SettingType<>(allowed, parser, UnaryOperator.identity(), false);
    }

    /** A type of which nothing is ever shown. */
    static <T> SettingType<T> secret(String allowed, Parser<T> parser) {
        return new SettingType<>(allowed, parser, text -> Secret.MASK, true);
    }

    /** The same type, with its texts shown as the given function makes them. */
    SettingType<T> shownAs(UnaryOperator<String> masked) {
        return new SettingType<>(allowed, parser, masked, secret);
    }

    /** The same type for a setting that may be left out. */
    SettingType<Optional<T>> optional() {
        return new SettingType<>(
                allowed, text -> text.isEmpty() ? Optional.empty() : Optional.of(parser.parse(text)), shown, secret);
    }

    T parse(String text) throws RefusedException {
        return parser.parse(text.strip());
    }

    /** The text as people may see it: secrets masked, control characters made visible, long ones cut. */
    String show(String text) {
        String plain = text.strip();
        return plain.isEmpty() ? "" : Shown.line(shown.apply(plain));
    }
}

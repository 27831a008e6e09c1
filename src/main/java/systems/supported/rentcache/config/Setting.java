package systems.supported.rentcache.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that is known of one setting, whatever its value is. Immutable.
 *
 * @param <T> the value's type
 */
public final class Setting<T> {

    private final Section section;
    private final String name;
    private final List<String> aliases;
    private final SettingType<T> type;
    private final String defaultText;
    private final String defaultNote;
    private final String description;
    private final Leader<?> leader;

    /** Another setting that gives this one its value where this one is not given itself. */
    private record Leader<S>(Setting<S> setting, Function<S, Optional<String>> text) {

        Optional<String> follow(SettingValues values) {
            return values.isGiven(setting) ? text.apply(values.get(setting)) : Optional.empty();
        }
    }

    private Setting(
            Section section,
            String name,
            List<String> aliases,
            SettingType<T> type,
            String defaultText,
            String defaultNote,
            String description,
            Leader<?> leader) {
        this.section = section;
        this.name = name;
        this.aliases = aliases;
        this.type = type;
        this.defaultText = defaultText;
        this.defaultNote = defaultNote;
        this.description = description;
        this.leader = leader;
    }

    /** A setting with the default that the text means; the empty text where it is unset by default. */
    static <T> Setting<T> of(
            Section section, String name, String defaultText, SettingType<T> type, String description) {
        return new Setting<>(section, name, List.of(), type, defaultText, defaultText, description, null);
    }

    /** The same setting under one more name. */
    Setting<T> alias(String alias) {
        List<String> more = new ArrayList<>(aliases);
        more.add(alias);
        return new Setting<>(
                section, name, List.copyOf(more), type, defaultText, defaultNote, description, leader);
    }

    /** The same setting, its default described by a phrase: for defaults that differ between machines. */
    Setting<T> defaultNote(String note) {
        return new Setting<>(section, name, aliases, type, defaultText, note, description, leader);
    }

    /** The same setting, which where not given takes the text that the function makes from the other, if any. */
    <S> Setting<T> following(Setting<S> other, Function<S, Optional<String>> text) {
        return new Setting<>(
                section, name, aliases, type, defaultText, defaultNote, description,
                new Leader<>(other, text));
    }

    /** The part that it belongs to. */
    public Section section() {
        return section;
    }

    /** The name, in capitals and underscores. */
    public String name() {
        return name;
    }

    /** Other names for it. */
    public List<String> aliases() {
        return aliases;
    }

    /** The default as a text; empty where there is none. */
    public String defaultText() {
        return defaultText;
    }

    /** The default for people, without what differs between machines; empty where there is none. */
    public String defaultNote() {
        return defaultNote;
    }

    /** What it does, in whole sentences. */
    public String description() {
        return description;
    }

    /** Which values it takes, as a phrase. */
    public String allowed() {
        return type.allowed();
    }

    /** Whether its value is never shown. */
    public boolean isSecret() {
        return type.secret();
    }

    SettingType<T> type() {
        return type;
    }

    /** The setting that it follows where it is not given. */
    Optional<Setting<?>> leader() {
        return Optional.ofNullable(leader).map(Leader::setting);
    }

    /** The text that follows from its leader's value; empty where there is none or the leader was not given. */
    Optional<String> follow(SettingValues values) {
        return Optional.ofNullable(leader).flatMap(present -> present.follow(values));
    }

    @Override
    public String toString() {
        return name;
    }
}

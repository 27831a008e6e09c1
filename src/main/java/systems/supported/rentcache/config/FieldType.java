package systems.supported.rentcache.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import systems.supported.rentcache.limits.Rate;

/**
 * How the fields of the file's {@code endpoints} section are read, which the catalog of endpoints owns: by the rules of
 * the settings, so that {@code ttl: 24h} means the same wherever it stands.
 *
 * @param <T> the value's Java type
 */
public final class FieldType<T> {
    /** A freshness lifetime. */
    public static final FieldType<Duration> TTL =
            new FieldType<>(SettingTypes.duration(Duration.ZERO, Duration.ofDays(365)));
    /** A rate of requests. */
    public static final FieldType<Rate> RATE = new FieldType<>(SettingTypes.rate());
    /** An amount of money. */
    public static final FieldType<BigDecimal> DOLLARS = new FieldType<>(SettingTypes.dollars());
    /** Yes or no. */
    public static final FieldType<Boolean> FLAG = new FieldType<>(SettingTypes.flag());

    private final SettingType<T> type;

    private FieldType(SettingType<T> type) {
        this.type = type;
    }

    /** The value of a text or number as YAML gives it; empty where it is not one. */
    public Optional<T> read(Object value) {
        try {
            return Optional.of(type.parse(String.valueOf(value)));
        } catch (RefusedException refused) {
            return Optional.empty();
        }
    }

    /** Which texts are read, as a phrase. */
    public String allowed() {
        return type.allowed();
    }
}

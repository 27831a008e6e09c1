package systems.supported.rentcache.config;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * Moments that come again and again, in the five fields of a cron: minute, hour, day of the month, month, day of the
 * week. Where both days are given, either is enough. A time of day that the zone's clock leaves out has no moment; one
 * that it shows twice has one. Immutable; pure.
 */
public final class CronSchedule {
    /** What {@link #parse} reads. */
    public static final String ALLOWED =
            "five fields of a cron: minute, hour, day of the month, month, day of the week, such as 0 5 * * 1-5";

    private final ExecutionTime times;
    private final ZoneId zone;

    private CronSchedule(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /**
     * Reads a schedule.
     *
     * @param text the five fields
     * @param zone on whose clock
     * @return it; empty where the text is none, or one that never comes, such as a 30th of February
     */
    public static Optional<CronSchedule> parse(String text, ZoneId zone) {
        try {
            CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            CronSchedule schedule = new CronSchedule(ExecutionTime.forCron(parser.parse(text).validate()), zone);
            return Optional.of(schedule).filter(read -> read.next(Instant.EPOCH).isPresent());
        } catch (IllegalArgumentException notACron) {
            return Optional.empty();
        }
    }

    /** The first moment after another one; empty where the calendar has none. */
    public Optional<Instant> next(Instant after) {
        return times.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
    }
}

package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Times that come again, on clocks that are put forward and back. */
class CronScheduleTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final long YEAR_2100 = 4_102_444_800L;

    private static CronSchedule schedule(String text, ZoneId zone) {
        return CronSchedule.parse(text, zone).orElseThrow();
    }

    private static Instant next(String text, ZoneId zone, String after) {
        return schedule(text, zone).next(Instant.parse(after)).orElseThrow();
    }

    @Property(tries = 300)
    void aTimeOfTheDayComesEachDayThatHasIt(
            @ForAll @LongRange(max = YEAR_2100) long second, @ForAll @IntRange(max = 59) int minute,
            @ForAll @IntRange(max = 23) int hour) {
        for (ZoneId zone : new ZoneId[] {UTC, NEW_YORK, ZoneId.of("Asia/Kathmandu")}) {
            Instant now = Instant.ofEpochSecond(second);
            Instant next = schedule(minute + " " + hour + " * * *", zone).next(now).orElseThrow();
            ZonedDateTime shown = next.atZone(zone);
            assertThat(next).isAfter(now).isBefore(now.plus(Duration.ofHours(50)));
            assertThat(shown.getHour()).isEqualTo(hour);
            assertThat(shown.getMinute()).isEqualTo(minute);
            assertThat(shown.getSecond()).isZero();
        }
    }

    @Example
    void itIsTheZonesClock() {
        assertThat(next("0 5 * * *", UTC, "2026-03-01T12:00:00Z")).isEqualTo("2026-03-02T05:00:00Z");
        assertThat(next("0 5 * * *", UTC, "2026-03-02T04:59:59.999Z")).isEqualTo("2026-03-02T05:00:00Z");
        assertThat(next("0 5 * * *", UTC, "2026-03-02T05:00:00Z")).isEqualTo("2026-03-03T05:00:00Z");
        assertThat(next("0 5 * * *", NEW_YORK, "2026-03-01T12:00:00Z")).isEqualTo("2026-03-02T10:00:00Z");
    }

    @Example
    void aTimeThatTheClockLeavesOutIsLeftOutAndOneThatItShowsTwiceComesOnce() {
        assertThat(next("30 2 * * *", NEW_YORK, "2026-03-07T12:00:00Z")).isEqualTo("2026-03-09T06:30:00Z");
        assertThat(next("30 1 * * *", NEW_YORK, "2026-11-01T04:00:00Z")).isEqualTo("2026-11-01T05:30:00Z");
        assertThat(next("30 1 * * *", NEW_YORK, "2026-11-01T05:30:00Z")).isEqualTo("2026-11-02T06:30:00Z");
    }

    @Example
    void fieldsAreThoseOfACron() {
        assertThat(next("*/15 * * * *", UTC, "2026-03-01T12:01:00Z")).isEqualTo("2026-03-01T12:15:00Z");
        assertThat(next("0 4,16 * * 1-5", UTC, "2026-03-06T16:00:00Z")).isEqualTo("2026-03-09T04:00:00Z");
        assertThat(next("0 5 13 * 5", UTC, "2026-04-10T06:00:00Z")).as("either day is enough")
                .isEqualTo("2026-04-13T05:00:00Z");
        assertThat(next("0 0 * * 7", UTC, "2026-03-01T12:00:00Z")).as("7 is Sunday, too")
                .isEqualTo("2026-03-08T00:00:00Z");
    }

    @Example
    void whatIsNoScheduleIsRefused() {
        for (String text : new String[] {
            "", "daily", "0 5 * *", "0 5 * * * *", "60 5 * * *", "0 24 * * *", "*/0 * * * *", "5-1 * * * *",
            "0 5 30 2 *", "@daily", "0 5 * * mon-"}) {
            assertThat(CronSchedule.parse(text, UTC)).as(text).isEmpty();
        }
    }
}

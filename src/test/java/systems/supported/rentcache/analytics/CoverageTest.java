package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.analytics.Coverage.Slice;

/** Which sums a report is made of. */
class CoverageTest {
    private static final long HOUR = 3_600_000;
    private static final List<ZoneId> ZONES =
            List.of(ZoneId.of("UTC"), ZoneId.of("America/Chicago"), ZoneId.of("Asia/Kolkata"));
    private static final long BASE = at("2026-03-01T00:00:00Z");

    private static long at(String text) {
        return Instant.parse(text).toEpochMilli();
    }

    @Test
    void wholeDaysAreDaysAndTheEdgesHoursAndMinutes() {
        Coverage coverage = Coverage.of(
                at("2026-03-01T10:58:30Z"), at("2026-03-05T01:30:00Z"), null, at("2026-03-09T00:00:00Z"), 0,
                new RollupCalendar(ZoneId.of("UTC")));

        assertThat(coverage.from()).isEqualTo(at("2026-03-01T10:58:00Z"));
        assertThat(coverage.slices()).containsExactly(
                new Slice(Span.MINUTE, at("2026-03-01T10:58:00Z"), at("2026-03-01T11:00:00Z"), at("2026-03-01T00:00:00Z")),
                new Slice(Span.HOUR, at("2026-03-01T11:00:00Z"), at("2026-03-02T00:00:00Z"), at("2026-03-01T00:00:00Z")),
                new Slice(Span.DAY, at("2026-03-02T00:00:00Z"), at("2026-03-05T00:00:00Z"), 0),
                new Slice(Span.HOUR, at("2026-03-05T00:00:00Z"), at("2026-03-05T01:00:00Z"), at("2026-03-05T00:00:00Z")),
                new Slice(Span.MINUTE, at("2026-03-05T01:00:00Z"), at("2026-03-05T01:30:00Z"), at("2026-03-05T00:00:00Z")));
    }

    @Test
    void whereThereAreNoMinutesAnyMoreTheEdgesAreWholeHours() {
        Coverage coverage = Coverage.of(
                at("2026-03-01T10:58:30Z"), at("2026-03-01T12:01:00Z"), null, at("2026-03-09T00:00:00Z"),
                at("2026-03-05T00:00:00Z"), new RollupCalendar(ZoneId.of("UTC")));

        assertThat(coverage.from()).isEqualTo(at("2026-03-01T10:00:00Z"));
        assertThat(coverage.to()).isEqualTo(at("2026-03-01T13:00:00Z"));
        assertThat(coverage.slices()).extracting(Slice::span).containsExactly(Span.HOUR);
    }

    @Test
    void upToNowTheWholeDayIsTakenAndHoursAreNeverOfDays() {
        RollupCalendar chicago = new RollupCalendar(ZoneId.of("America/Chicago"));
        // The 8th of March 2026 has 23 hours there.
        assertThat(Coverage.of(at("2026-03-07T06:00:00Z"), at("2026-03-08T12:00:00Z"), Span.DAY,
                at("2026-03-08T12:00:00Z"), 0, chicago).slices())
                .containsExactly(new Slice(Span.DAY, at("2026-03-07T06:00:00Z"), at("2026-03-09T05:00:00Z"), 0));
        assertThat(Coverage.of(at("2026-03-07T06:00:00Z"), at("2026-03-08T06:00:00Z"), Span.HOUR,
                at("2026-03-20T12:00:00Z"), 0, chicago).slices()).extracting(Slice::span).containsExactly(Span.HOUR);
    }

    @Property
    void slicesFollowEachOtherAndAreOfWholeSums(
            @ForAll @LongRange(max = 40 * 24 * HOUR) long from, @ForAll @LongRange(max = 40 * 24 * HOUR) long length,
            @ForAll @LongRange(max = 50 * 24 * HOUR) long minutes) {
        for (ZoneId zone : ZONES) {
            RollupCalendar calendar = new RollupCalendar(zone);
            long minutesSince = Span.HOUR.floor(BASE + minutes);
            Coverage coverage = Coverage.of(
                    BASE + from, BASE + from + length, null, Long.MAX_VALUE / 2, minutesSince, calendar);
            assertThat(coverage.from()).isLessThanOrEqualTo(BASE + from);
            assertThat(coverage.to()).isGreaterThanOrEqualTo(BASE + from + length);
            long next = coverage.from();
            for (Slice slice : coverage.slices()) {
                assertThat(slice.from()).isEqualTo(next).isEqualTo(calendar.begin(slice.span(), slice.from()));
                assertThat(slice.to()).isGreaterThan(next).isEqualTo(calendar.begin(slice.span(), slice.to()));
                assertThat(slice.span() == Span.MINUTE && slice.from() < minutesSince).isFalse();
                assertThat(slice.span() != Span.DAY
                        && calendar.begin(Span.DAY, slice.to() - 1) != slice.day()).isFalse();
                next = slice.to();
            }
            assertThat(next).isEqualTo(coverage.to());
        }
    }
}

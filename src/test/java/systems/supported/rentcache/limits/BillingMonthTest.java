package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Billing months follow each other without a gap, whatever the day and the zone. */
class BillingMonthTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");
    private static final long YEAR_2100 = 4_102_444_800L;

    @Property
    void aMomentIsInItsMonthAndTheNextBeginsWhereItEnds(
            @ForAll @LongRange(max = YEAR_2100) long second, @ForAll @IntRange(min = 1, max = 31) int day) {
        for (ZoneId zone : new ZoneId[] {UTC, CHICAGO, ZoneId.of("Asia/Kathmandu")}) {
            Instant now = Instant.ofEpochSecond(second);
            BillingMonth month = BillingMonth.at(now, day, zone);
            assertThat(now).isAfterOrEqualTo(month.start()).isBefore(month.end());
            BillingMonth next = BillingMonth.at(month.end(), day, zone);
            assertThat(next.start()).isEqualTo(month.end());
            assertThat(BillingMonth.at(month.start(), day, zone)).isEqualTo(month);
            assertThat(BillingMonth.at(month.end().minusMillis(1), day, zone)).isEqualTo(month);
            assertThat(month.firstDay().getDayOfMonth())
                    .isEqualTo(Math.min(day, month.firstDay().lengthOfMonth()));
            assertThat(next.firstDay().getMonth()).isEqualTo(month.firstDay().getMonth().plus(1));
            assertThat(LocalDate.parse(month.id())).isEqualTo(month.firstDay());
        }
    }

    @Example
    void aDayThatAMonthLacksIsItsLastOne() {
        assertThat(BillingMonth.at(Instant.parse("2027-02-28T00:00:00Z"), 31, UTC).id()).isEqualTo("2027-02-28");
        assertThat(BillingMonth.at(Instant.parse("2027-02-27T23:59:59Z"), 31, UTC).id()).isEqualTo("2027-01-31");
        assertThat(BillingMonth.at(Instant.parse("2028-02-29T00:00:00Z"), 30, UTC).id()).isEqualTo("2028-02-29");
    }

    @Example
    void itBeginsAtMidnightOfTheZone() {
        BillingMonth month = BillingMonth.at(Instant.parse("2026-03-15T04:59:59Z"), 15, CHICAGO);
        assertThat(month.id()).isEqualTo("2026-02-15");
        assertThat(month.end()).isEqualTo("2026-03-15T05:00:00Z");
        assertThat(month.start()).isEqualTo("2026-02-15T06:00:00Z");
    }

    @Example
    void thereIsNoSuchDay() {
        assertThatThrownBy(() -> BillingMonth.at(Instant.EPOCH, 0, UTC)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BillingMonth.at(Instant.EPOCH, 32, UTC)).isInstanceOf(IllegalArgumentException.class);
    }
}

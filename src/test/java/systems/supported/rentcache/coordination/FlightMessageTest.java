package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.FlightState.Phase;
import systems.supported.rentcache.coordination.FlightState.Sight;
import systems.supported.rentcache.coordination.FlightWait.Hearing;

/** The news of a flight's end, and what those who wait make of it. */
class FlightMessageTest {
    private static final CacheKey KEY = CacheKey.of("{}");

    @ParameterizedTest
    @EnumSource(value = Phase.class, names = {"STORED", "FAILED", "GONE"})
    void whatIsSentIsRead(Phase phase) {
        FlightMessage message = new FlightMessage(KEY, 42, phase);
        assertThat(FlightMessage.parse(message.text())).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "44136fa3 1 STORED"})
    void whatIsNoneOfOursIsNotRead(String text) {
        assertThat(FlightMessage.parse(text)).isEmpty();
        assertThat(FlightMessage.parse(KEY.hex() + " 1 HELD")).as("a flight that goes on is no news").isEmpty();
        assertThat(FlightMessage.parse(KEY.hex() + " 1234567890123456789 STORED")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "7, STORED, STORED", "8, STORED, STORED", "6, STORED, NOTHING", "7, FAILED, LOOK", "7, GONE, EXPIRED",
        "7, HELD, NOTHING",
    })
    void newsOfAnEarlierFlightAreNone(long fence, Phase phase, Hearing heard) {
        FlightWait wait = FlightWait.begin(
                new Sight(7, Phase.HELD, 5_000, ""), 0, FlightTerms.standard(Duration.ofSeconds(20)));
        assertThat(wait.hear(new FlightMessage(KEY, fence, phase))).isEqualTo(heard);
    }

    @Test
    void anOpenFlightHasNoOutcomeYet() {
        assertThat(new Sight(7, Phase.HELD, 5_000, "").outcome()).isNull();
        assertThat(new Sight(7, Phase.STORED, 5_000, "").outcome()).isEqualTo(new Outcome.Stored(7));
        assertThat(new Sight(7, Phase.FAILED, 5_000, "why").outcome()).isEqualTo(new Outcome.Failed(7, "why"));
        assertThat(new Sight(7, Phase.GONE, 0, "").outcome()).isEqualTo(new Outcome.Expired());
    }
}

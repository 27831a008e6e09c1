package systems.supported.rentcache.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class PartHealthTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration FORGOTTEN = Duration.ofMinutes(5);

    private Instant now = START;
    private final PartHealth health = new PartHealth("upstream", "Nothing is fetched.", FORGOTTEN, new InstantSource() {
        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void aPartThatWasNotUsedYetIsTakenToWork() {
        assertThat(health.state()).isEqualTo(new PartHealth.State(null, null, START, START));
        assertThat(health.state().text()).isEqualTo("works");
    }

    @Test
    void itIsDownUntilEachUseThatFailedWorksAgain() {
        health.failed("read", "cut off.");
        health.failed("write", "full.");
        now = now.plusSeconds(1);
        health.worked("read");
        assertThat(health.state().text()).isEqualTo("full.");
        now = now.plusSeconds(1);
        health.worked("write");
        assertThat(health.state()).isEqualTo(new PartHealth.State(null, null, now, now));
    }

    @Test
    void aUseThatIsNotMadeAgainIsNotHeldAgainstItForEver() {
        health.failed("call", "timed out.");
        now = START.plus(FORGOTTEN);
        assertThat(health.state().fault()).isEqualTo("timed out.");
        now = now.plusMillis(1);
        PartHealth.State state = health.state();
        assertThat(state.isUp()).isTrue();
        assertThat(state.text()).isEqualTo("not used again since this: timed out.");
        assertThat(state.since()).isEqualTo(now);
        assertThat(state.seen()).isEqualTo(START);
    }

    @Test
    void whatIsNotCertainIsSoAfterTheNextUse() {
        health.failed("call", "timed out.");
        now = START.plus(FORGOTTEN).plusMillis(1);
        assertThat(health.state().doubt()).isNotNull();
        health.worked("call");
        assertThat(health.state().text()).isEqualTo("works");
        health.failed("call", "refused.");
        assertThat(health.state().text()).isEqualTo("refused.");
    }

    @Test
    void itRemembersWhenItWasLastSeen() {
        now = START.plusSeconds(7);
        health.worked("call");
        assertThat(health.state().since()).isEqualTo(START);
        assertThat(health.state().seen()).isEqualTo(now);
    }
}

package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamFailure.SpentBudget;

/** Whose a failure is: of those who shared the call, and of those who ask on other nodes. */
class UpstreamFailureTest {
    private static LookupRequest question(boolean ownUpstreamKey, boolean background) {
        return new LookupRequest(
                null, RequestDirectives.NONE, ownUpstreamKey ? new ConsumerKey("own") : null, 7, background);
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, true, true, false, false", "TIMED_OUT, true, true, true, true",
        "SERVER_ERROR, true, true, true, true", "BROKEN, true, true, true, true",
        "KEY_REFUSED, true, false, true, false", "RATE_LIMITED, true, false, true, false",
        "QUEUE_FULL, false, false, false, false", "BUDGET_UNKNOWN, true, true, false, false",
        "CIRCUIT_OPEN, true, true, false, false", "GAVE_WAY, false, false, false, false",
    })
    void isOfWhomItConcerns(Kind kind, boolean shared, boolean sharedByOwnKey, boolean all, boolean allByOwnKey) {
        UpstreamFailure failure = new UpstreamFailure(kind, 0, null, 0);
        assertThat(failure.isAlsoOf(question(false, false))).isEqualTo(shared);
        assertThat(failure.isAlsoOf(question(true, false))).isEqualTo(sharedByOwnKey);
        assertThat(failure.isOfAll(question(false, false))).isEqualTo(all);
        assertThat(failure.isOfAll(question(true, false))).isEqualTo(allByOwnKey);
    }

    @ParameterizedTest
    @CsvSource({
        "account, '', true, true", "endpoint, properties, true, true", "key, 7, true, false", "key, 8, false, false",
    })
    void aSpentBudgetIsOfWhomItCovers(String scope, String name, boolean shared, boolean all) {
        UpstreamFailure failure = new UpstreamFailure(
                Kind.BUDGET_SPENT, 0, Duration.ofDays(1), 0, new SpentBudget(scope, name, Instant.EPOCH));
        assertThat(failure.isAlsoOf(question(false, false))).isEqualTo(shared);
        assertThat(failure.isOfAll(question(false, false))).isEqualTo(all);
        assertThat(FlightFailure.read(FlightFailure.write(failure))).isEqualTo(failure);
    }

    @ParameterizedTest
    @CsvSource({"''", "no json", "[]", "{}", "'{\"kind\":\"NEWER\"}'", "'{\"kind\":1}'"})
    void whatCannotBeReadIsABrokenAnswer(String text) {
        assertThat(FlightFailure.read(text).kind()).isEqualTo(Kind.BROKEN);
    }
}

package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.cache.UnreadableMessageException;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;

/** Usage that another node writes down is what was gathered here. */
class UsageWireTest {
    private static final CacheKey KEY = CacheKey.of("question");

    private static UsageRecord record(long millis, CacheResult result, UsageRecord.Detail detail) {
        return new UsageRecord(
                millis, 7, "properties", "GET", 200, 45, result, "near", null, 0, 30_000, 0, 1, KEY, detail);
    }

    private static GatheredUsage gathered() {
        UsageGathering gathering = new UsageGathering(new Metrics());
        UsageRecord[] records = {
            record(1_000, CacheResult.HIT_NEAR, new UsageRecord.Detail("curl", null, 3)),
            record(2_000, CacheResult.HIT_NEAR, null),
            record(61_000, CacheResult.MISS, null)};
        gathering.add(new UsageBatch(records, records.length, List.of()));
        return gathering.take();
    }

    @Test
    void recordsAreSummedByMinuteAndHitsCounted() {
        GatheredUsage usage = gathered();

        assertThat(usage.answers()).isEqualTo(3);
        assertThat(usage.sums()).hasSize(2);
        assertThat(usage.records()).hasSize(1);
        assertThat(usage.hits()).isEqualTo(Map.of(KEY, 2));
    }

    @Test
    void allOfItComesBack() throws Exception {
        GatheredUsage usage = gathered();

        assertThat(UsageWire.read(UsageWire.write(usage, 1))).isEqualTo(usage);
    }

    @Test
    void anotherVersionsIsRefused() {
        Buffer newer = UsageWire.write(gathered(), 2);

        assertThatExceptionOfType(UnreadableMessageException.class).isThrownBy(() -> UsageWire.read(newer));
    }
}

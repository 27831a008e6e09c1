package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Vertx;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.Await;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.ops.Metrics;

/** However many answers are not kept one by one: the kept ones stand for all. */
class WeightsTest {
    private static final CacheResult[] RESULTS = {CacheResult.HIT_NEAR, CacheResult.MISS, CacheResult.REFUSED};

    private static UsageRecord usage(long millis, CacheResult result, UsageRecord.Detail detail) {
        return new UsageRecord(millis, 1, "properties", "GET", 200, 25, result, null, null, 0, 0, 0, 0, null, detail);
    }

    @Test
    void theWeightsOfARingsRecordsAreTheNumberOfItsAnswers() {
        Vertx vertx = Vertx.vertx();
        LocalMessages.register(vertx, UsageBatch.class);
        Map<CacheResult, Long> given = new EnumMap<>(CacheResult.class);
        Map<CacheResult, Long> weights = new EnumMap<>(CacheResult.class);
        List<UsageBatch> batches = new ArrayList<>();
        vertx.eventBus().<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE, message -> batches.add(message.body()));
        UsageRing ring = new UsageRing(vertx, true, 5);
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long millis = i / 3;
            CacheResult result = RESULTS[random.nextInt(10) < 8 ? 0 : 1 + random.nextInt(2)];
            long weight = ring.takesDetail(millis, result);
            ring.add(usage(millis, result, weight == 0 ? null : new UsageRecord.Detail("agent", "::1", weight)));
            given.merge(result, 1L, Long::sum);
        }
        ring.flush();
        Await.until("all came", () -> batches.stream().mapToInt(UsageBatch::count).sum() == 10_000);
        int rows = 0;
        for (UsageBatch batch : batches) {
            List<UsageRecord> kept = new ArrayList<>(batch.standIns());
            for (int i = 0; i < batch.count(); i++) {
                if (batch.records()[i].detail() != null) {
                    kept.add(batch.records()[i]);
                }
            }
            rows += kept.size();
            kept.forEach(one -> weights.merge(one.result(), one.detail().weight(), Long::sum));
        }
        assertThat(weights).isEqualTo(given);
        assertThat(rows).isLessThan(100);
        Await.await(vertx.close());
    }

    @Test
    void aRecordWithoutAPlaceIsStoodForByTheNextOne() {
        UnwrittenRecords records = new UnwrittenRecords(2);
        for (int i = 0; i < 5; i++) {
            records.add(usage(i, CacheResult.MISS, new UsageRecord.Detail(null, null, 10)));
        }
        List<UsageRecord> taken = records.take();
        records.add(usage(6, CacheResult.HIT_NEAR, new UsageRecord.Detail(null, null, 1)));
        assertThat(records.putBack(taken)).isEqualTo(1);
        long weights = records.take().stream().mapToLong(one -> one.detail().weight()).sum();
        records.add(usage(7, CacheResult.MISS, new UsageRecord.Detail(null, null, 1)));
        assertThat(weights + records.take().get(0).detail().weight()).isEqualTo(52);
    }

    @Test
    void whileTheDatabaseIsAwayTheSumsAreBoundedAndMinutesAreLostFirst() {
        UnwrittenSums sums = new UnwrittenSums(new RollupCalendar(ZoneId.of("UTC")), 24);
        Map<Span, Long> lost = new EnumMap<>(Span.class);
        for (int minute = 0; minute < 24 * 60; minute++) {
            UsageRecord usage = usage(minute * 60_000L, CacheResult.MISS, null);
            sum(usage, usage).take(sum -> sums.add(sum, (span, answers) -> lost.merge(span, answers, Long::sum)));
        }
        assertThat(lost).containsOnly(Map.entry(Span.MINUTE, 2L * (24 * 60 - 24)));
        assertThat(sums.of(SumTable.HOURLY)).hasSize(24).allSatisfy(sum -> assertThat(sum.requests()).isEqualTo(120));
        assertThat(sums.of(SumTable.DAILY)).singleElement().extracting(Rollup::requests).isEqualTo(2L * 24 * 60);
    }

    private static MinuteSums sum(UsageRecord... records) {
        MinuteSums sums = new MinuteSums(new MinuteSums.Endpoints());
        for (UsageRecord usage : records) {
            assertThat(sums.add(usage, records.length)).isTrue();
        }
        return sums;
    }

    private static UsageRecord by(long keyId) {
        return new UsageRecord(
                0, keyId, "properties", "GET", 200, 20, CacheResult.HIT_NEAR, "near", null, 0, 74_000, 0, 1, null, null);
    }

    @Test
    void sumsAreTakenInPartsOfKeysThatLieTogether() {
        UsageGathering gathering = new UsageGathering(new Metrics());
        UsageRecord[] records = LongStream.range(0, 2_000).mapToObj(i -> by(i * 7 % 2_000)).toArray(UsageRecord[]::new);
        gathering.add(new UsageBatch(records, records.length, List.of()));
        assertThat(gathering.parts()).containsExactly(0L, 1L, 2L, 3L);
        UnwrittenSums sums = new UnwrittenSums(new RollupCalendar(ZoneId.of("UTC")));
        for (long part : gathering.parts()) {
            gathering.takeSums(part).forEach(sum -> sums.add(sum, (span, lost) -> fail("lost")));
        }
        assertThat(gathering.takeSums()).isEmpty();
        assertThat(sums.parts()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        UnwrittenSums second = sums.take(1);
        assertThat(second.of(SumTable.MINUTELY)).extracting(sum -> sum.slot().keyId())
                .containsExactlyElementsOf(LongStream.range(512, 1_024).boxed().toList());
        assertThat(second.of(SumTable.HOURLY_TOTALS)).singleElement().extracting(Rollup::requests).isEqualTo(512L);
        assertThat(sums.of(SumTable.DAILY)).hasSize(2_000 - 512);
        sums.addAgain(second, (span, lost) -> fail("lost"));
        assertThat(sums.of(SumTable.DAILY)).hasSize(2_000);
        for (long part = 0; part < 4; part++) {
            sums.take(part);
        }
        assertThat(sums.isEmpty()).isTrue();
    }

    @Test
    void ofMoreSumsThanThereIsRoomForTheAnswersAreCountedAsDropped() {
        Metrics metrics = new Metrics();
        UsageGathering gathering = new UsageGathering(metrics, 2);
        UsageRecord[] records = {by(1), by(600), by(2), by(1), by(3)};
        UsageBatch batch = new UsageBatch(records, records.length, List.of());
        assertThat(gathering.hasRoomFor(batch)).isFalse();
        assertThat(gathering.isCrowded()).isFalse();
        gathering.add(batch);
        assertThat(gathering.isCrowded()).isTrue();
        assertThat(gathering.takeSums()).extracting(Rollup::requests).containsExactly(2L, 1L);
        assertThat(metrics.dropped("usage-of-day").count()).isEqualTo(2);
        gathering.add(new UsageBatch(new UsageRecord[] {by(3)}, 1, List.of()));
        assertThat(gathering.takeSums()).as("there is room again").hasSize(1);
    }

    @Test
    void quantilesLieInTheBucketOfTheAnswers() {
        UsageRecord[] records = new UsageRecord[100];
        Arrays.fill(records, usage(0, CacheResult.HIT_NEAR, null));
        records[99] = new UsageRecord(
                0, 1, "properties", "GET", 200, Integer.MAX_VALUE, CacheResult.HIT_NEAR, null, null, 0, 0, 0, 0, null, null);
        List<Rollup> sums = new ArrayList<>();
        sum(records).take(sums::add);
        assertThat(sums).hasSize(1);
        Latencies latencies = sums.get(0).latencies();
        // Half of 100 is the 50th of 99 between 20 and 40 us.
        assertThat(latencies.quantile(0.5)).isEqualTo(30);
        assertThat(latencies.quantile(0.99)).isEqualTo(40);
        assertThat(latencies.quantile(1)).isEqualTo(30_000_000);
        assertThat(Latencies.NONE.quantile(0.5)).isNull();
        assertThat(Latencies.bucket(20)).isZero();
        assertThat(Latencies.bucket(21)).isEqualTo(1);
    }
}

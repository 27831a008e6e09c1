package systems.supported.rentcache.analytics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/**
 * The answers of all event loops, summed when somebody looks. Every label is known beforehand: endpoints of the
 * catalog, results, sources, statuses; so everything is there from the start, at 0. Thread-safe.
 */
public final class AnswerTallies implements MultiCollector {
    /** The endpoint of answers that concern none. */
    static final String NO_ENDPOINT = "none";

    private static final Set<CacheResult> MISSES =
            EnumSet.of(CacheResult.MISS, CacheResult.BYPASS, CacheResult.FAILED);
    private static final String REQUESTS = "rentcache_requests";
    private static final String RATIO = "cache_hit_ratio";
    private static final String DURATION = "api_request_duration_seconds";
    private static final String RESPONSES = "rentcache_responses";
    private static final String SAVED = "rentcache_money_saved_microdollars";
    private static final double MICROS_A_SECOND = 1e6;
    private static final double MICROS_A_MILLI = 1e3;

    private final List<String> places;
    private final List<AnswerTally> tallies = new CopyOnWriteArrayList<>();

    /** Tallies of no event loop yet, for the endpoints of a catalog in the order of their ordinals. */
    public AnswerTallies(List<String> endpoints) {
        this.places = new ArrayList<>(endpoints);
        this.places.add(NO_ENDPOINT);
    }

    /** The tally of one more event loop. */
    public AnswerTally forEventLoop() {
        AnswerTally tally = new AnswerTally(places.size() - 1);
        tallies.add(tally);
        return tally;
    }

    private long sum(ToLongFunction<AnswerTally> number) {
        return tallies.stream().mapToLong(number).sum();
    }

    private long requests(int place, CacheResult result) {
        return sum(tally -> tally.requests(place, result));
    }

    @Override
    public List<String> getPrometheusNames() {
        return List.of(REQUESTS, RATIO, DURATION, RESPONSES, SAVED);
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(counts(), ratios(), durations(), responses(), saved());
    }

    private CounterSnapshot counts() {
        CounterSnapshot.Builder counts = CounterSnapshot.builder().name(REQUESTS)
                .help("Answers given, by endpoint and by how the cache took part");
        for (int place = 0; place < places.size(); place++) {
            for (CacheResult result : CacheResult.values()) {
                if (result != CacheResult.REFRESHED) {
                    counts.dataPoint(counter(
                            Labels.of("endpoint", places.get(place), "result", result.text()),
                            requests(place, result)));
                }
            }
        }
        return counts.build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot counter(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private GaugeSnapshot ratios() {
        GaugeSnapshot.Builder ratios = GaugeSnapshot.builder().name(RATIO)
                .help("The share of answers since the start that took no paid call of their own, of all that were not refused");
        for (int place = 0; place < places.size() - 1; place++) {
            Share share = share(place);
            ratios.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("endpoint", places.get(place))).value(share.ratio()).build());
        }
        return ratios.build();
    }

    /** Answers that took no paid call of their own, and those for which one was made or tried. */
    private record Share(long hits, long misses) {
        /** The first of both, from 0 to 1; not a number where there is neither. */
        double ratio() {
            return (double) hits / (hits + misses);
        }

        Share plus(Share other) {
            return new Share(hits + other.hits, misses + other.misses);
        }
    }

    private Share share(int place) {
        long hits = 0;
        long misses = 0;
        for (CacheResult result : CacheResult.values()) {
            if (result.isSaving()) {
                hits += requests(place, result);
            } else if (MISSES.contains(result)) {
                misses += requests(place, result);
            }
        }
        return new Share(hits, misses);
    }

    private HistogramSnapshot durations() {
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder().name(DURATION)
                .help("How long answers took, by endpoint and by where they came from");
        for (int place = 0; place < places.size(); place++) {
            for (AnswerSource source : AnswerSource.values()) {
                durations.dataPoint(duration(place, source));
            }
        }
        return durations.build();
    }

    private HistogramSnapshot.HistogramDataPointSnapshot duration(int place, AnswerSource source) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < AnswerTally.BUCKETS; i++) {
            int bucket = i;
            double bound = i < AnswerTally.BOUNDS.length
                    ? AnswerTally.BOUNDS[i] / MICROS_A_SECOND : Double.POSITIVE_INFINITY;
            buckets.bucket(bound, sum(tally -> tally.bucket(place, source, bucket)));
        }
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(Labels.of("endpoint", places.get(place), "source", source.text()))
                .classicHistogramBuckets(buckets.build())
                .sum(sum(tally -> tally.micros(place, source)) / MICROS_A_SECOND)
                .build();
    }

    private CounterSnapshot responses() {
        CounterSnapshot.Builder responses = CounterSnapshot.builder().name(RESPONSES)
                .help("Answers given, by status; those that are not usual here by their class");
        for (int place = 0; place < StatusCodes.COUNT; place++) {
            int code = place;
            responses.dataPoint(counter(
                    Labels.of("code", StatusCodes.text(place)), sum(tally -> tally.codes(code))));
        }
        return responses.build();
    }

    private CounterSnapshot saved() {
        CounterSnapshot.Builder saved = CounterSnapshot.builder().name(SAVED)
                .help("Money saved by not calling Rentcast, by the configured price of a call");
        for (int place = 0; place < places.size() - 1; place++) {
            saved.dataPoint(counter(Labels.of("endpoint", places.get(place)), savedMicros(place)));
        }
        return saved.build();
    }

    private long savedMicros(int place) {
        return sum(tally -> tally.savedMicros(place));
    }

    /** The same in JSON, as the original program's {@code /metrics} had it: since the start, all and by endpoint. */
    public JsonObject toJson() {
        JsonObject endpoints = new JsonObject();
        Summary all = Summary.NONE;
        for (int place = 0; place < places.size(); place++) {
            Summary one = summary(place);
            all = all.plus(one);
            if (one.requests > 0) {
                endpoints.put(places.get(place), one.toJson());
            }
        }
        return all.toJson().put("endpoints", endpoints);
    }

    /** What the JSON says of an endpoint, or of all. */
    private record Summary(
            long requests, Share share, long stale, long coalesced, long refused, long failed, long micros,
            long savedMicros) {
        static final Summary NONE = new Summary(0, new Share(0, 0), 0, 0, 0, 0, 0, 0);

        Summary plus(Summary other) {
            return new Summary(
                    requests + other.requests, share.plus(other.share), stale + other.stale,
                    coalesced + other.coalesced, refused + other.refused, failed + other.failed, micros + other.micros,
                    savedMicros + other.savedMicros);
        }

        JsonObject toJson() {
            boolean asked = share.hits + share.misses > 0;
            return new JsonObject()
                    .put("total_requests", requests)
                    .put("cache_hits", share.hits)
                    .put("cache_misses", share.misses)
                    .put("cache_hit_ratio", asked ? share.ratio() : null)
                    .put("stale", stale)
                    .put("coalesced", coalesced)
                    .put("refused", refused)
                    .put("failed", failed)
                    .put("avg_response_time_ms", requests == 0 ? 0.0 : micros / MICROS_A_MILLI / requests)
                    .put("saved_micros", savedMicros);
        }
    }

    private Summary summary(int place) {
        long requests = 0;
        for (CacheResult result : CacheResult.values()) {
            requests += requests(place, result);
        }
        long micros = 0;
        for (AnswerSource source : AnswerSource.values()) {
            micros += sum(tally -> tally.micros(place, source));
        }
        return new Summary(
                requests, share(place), requests(place, CacheResult.STALE), requests(place, CacheResult.COALESCED),
                requests(place, CacheResult.REFUSED), requests(place, CacheResult.FAILED), micros, savedMicros(place));
    }
}

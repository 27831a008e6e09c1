package systems.supported.rentcache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Caller;
import systems.supported.rentcache.auth.KeyHash;
import systems.supported.rentcache.auth.LimitPolicies;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.Header;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.limits.Admission;
import systems.supported.rentcache.limits.KeyLimits;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.Metrics;

/** The steps of a hit, each by itself, in the order in which a request takes them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HitPath {
    private static final String TARGET = "/v1/properties?city=San%20Antonio&state=tx&zipCode=78244&bedrooms=3&limit=50";
    private static final String VALUE = "rc_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    private static final Rate RATE = new Rate(1_000_000_000, Duration.ofSeconds(1));

    private final NearCache near = new NearCache(64 << 20);
    private final ConnectionState connection = new ConnectionState(0, null);
    private final RequestIds ids = new RequestIds();
    private final Instant now = Instant.now();
    private final Quota.Period period = Quota.Period.at(now, ZoneOffset.UTC);
    private TargetReader reader;
    private Interpreter interpreter;
    private KeyLimits limits;
    private Question question;
    private NearEntry entry;
    private Caller caller;
    private Admission admission;
    /** A copy, for each request brings a string of its own, whose hash nobody knows yet. */
    private String presented;
    private byte[] targetBytes;

    @Setup
    public void prepare() throws SettingsException {
        Catalog catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), RATE, true);
        reader = new TargetReader(catalog, UnknownParameters.PASS, null);
        interpreter = new Interpreter(catalog, UnknownParameters.PASS, null, 16 << 20, new Metrics());
        limits = new KeyLimits(catalog.endpoints().size(), Quota.Usage.NONE);
        question = ((Interpretation.Asks) interpreter.interpret(TARGET)).question();
        entry = near.put(new StoredAnswer(
                new Entry(
                        question.request().key(), "properties", question.request().canonicalJson(),
                        question.request().upstreamTarget(), 200,
                        List.of(new Header("content-type", "application/json; charset=utf-8")),
                        "\"4azEbBf-8NacxqG4b2yQGg\"", Validators.NONE, now, Duration.ZERO, now.plusSeconds(86_400)),
                Buffer.buffer(new byte[2_048]), null));
        ApiKey key = new ApiKey(
                1, "bench", KeyHash.of(VALUE), "rc_0123…", Optional.empty(), true, Set.of(Permission.READ),
                1_000_000_000, 1_000_000_000, Optional.of(RATE), Map.of(), Quota.Usage.NONE, now, null, null);
        caller = new Caller(key, key.hash(), new LimitPolicies(catalog, RATE, true).of(key), limits);
        connection.remember(VALUE, caller, 0);
        presented = new String(VALUE);
        targetBytes = TARGET.getBytes(StandardCharsets.ISO_8859_1);
        admission = limits.admit(caller.policy(), question.endpoint().ordinal(), period, now.toEpochMilli());
    }

    /** The check of a key that the connection brought before. */
    @Benchmark
    public Caller keyOfTheConnection() {
        return connection.callerOf(presented, 0);
    }

    /** The digest that another key on the connection is looked up by. */
    @Benchmark
    public KeyHash keyHash() {
        return KeyHash.of(presented);
    }

    /** The question of a target that was seen before, as text that comes from the wire. */
    @Benchmark
    public Question rememberedTarget() {
        return interpreter.remembered(new String(targetBytes, StandardCharsets.ISO_8859_1));
    }

    /** The canonical key of a target that was not seen before. */
    @Benchmark
    public Object canonicalKey() {
        return reader.read(TARGET);
    }

    /** All the limits of a key. */
    @Benchmark
    public Admission limiter() {
        return limits.admit(caller.policy(), question.endpoint().ordinal(), period, now.toEpochMilli());
    }

    /** The near tier's look-up. */
    @Benchmark
    public NearEntry nearTier() {
        return near.get(question.request().key());
    }

    /** Whether the entry may be given. */
    @Benchmark
    public CacheDecision decide() {
        return CacheDecision.decide(entry.answer().entry(), RequestDirectives.NONE, question.endpoint(), now);
    }

    /** The headers of a hit, as AnswerWriter adds them. */
    @Benchmark
    public MultiMap headerWriting() {
        MultiMap headers = HttpHeaders.headers();
        CharSequence[] fields = entry.fields();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        NearEntry.Moment moment = entry.at(now.toEpochMilli());
        headers.add(Headers.X_CACHE, Headers.HIT);
        headers.add(Headers.CACHE_STATUS, moment.cacheStatus());
        headers.add(Headers.AGE, moment.age());
        headers.add(Headers.RATE_LIMIT, RateLimitHeaders.left(admission, question.endpoint()));
        headers.add(Headers.RATE_LIMIT_POLICY, connection.policyOf(caller, question.endpoint()));
        headers.add(Headers.X_REQUEST_ID, ids.of(null));
        headers.add(Headers.X_ESTIMATED_COST, Headers.NO_COST);
        headers.add(Headers.VARY, Headers.VARY_BY_ENCODING);
        headers.add(Headers.CACHE_CONTROL, Headers.PRIVATE);
        headers.add(Headers.ETAG, entry.answer().entry().etag());
        headers.add(Headers.CONTENT_LENGTH, entry.bodyLength());
        return headers;
    }
}

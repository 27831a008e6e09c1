package systems.supported.rentcache.cache;

import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;

/**
 * The tier in SQL (L2): what outlives the process.
 *
 * <p>Writes gather in a queue while one transaction is under way, and go together in the next: under load the batches
 * grow by themselves, without load a write goes at once. {@link #get} sees the queue, so what was put is found before
 * it is on disk. A failed transaction is tried again every second; the queue is bounded by bytes, and what does not fit
 * is dropped and counted. Reads that fail trip a circuit breaker, so that a sick database is not waited for.
 *
 * <p>Thread-safe; futures complete on the caller's context.
 */
public final class SqlTier implements Tier {
    private static final long QUEUE_BYTES = 64L << 20;
    private static final int MOST_IN_A_BATCH = 500;
    private static final long RETRY_MILLIS = 1_000;
    private static final String NAME = "sql";

    private static final String GET = """
            SELECT endpoint, question, target, status_code, headers, etag, upstream_etag, last_modified, created_at,
                   initial_age_ms, expires_at, body, body_gzip
            FROM cache_entries WHERE cache_key = #{key} AND is_valid = 1""";
    private static final String PUT = """
            INSERT INTO cache_entries (cache_key, endpoint, question, target, status_code, headers, etag, upstream_etag,
                   last_modified, created_at, initial_age_ms, expires_at, body, body_gzip)
            VALUES (#{key}, #{endpoint}, #{question}, #{target}, #{status}, #{headers}, #{etag}, #{upstreamEtag},
                   #{lastModified}, #{createdAt}, #{initialAge}, #{expiresAt}, #{body}, #{gzip})
            ON CONFLICT (cache_key) DO UPDATE SET status_code = excluded.status_code, headers = excluded.headers,
                   target = excluded.target, etag = excluded.etag, upstream_etag = excluded.upstream_etag,
                   last_modified = excluded.last_modified, created_at = excluded.created_at,
                   initial_age_ms = excluded.initial_age_ms, expires_at = excluded.expires_at, body = excluded.body,
                   body_gzip = excluded.body_gzip, is_valid = 1, invalidated_at = NULL""";
    private static final String TOUCH = """
            UPDATE cache_entries SET hit_count = hit_count + #{hits}, last_accessed = #{at}
            WHERE cache_key = #{key}""";
    private static final String INVALIDATE =
            "UPDATE cache_entries SET is_valid = 0, invalidated_at = #{at} WHERE is_valid = 1";
    private static final String STATISTICS = """
            SELECT endpoint, COUNT(*) AS entries, SUM(CASE WHEN expires_at > #{now} THEN 1 ELSE 0 END) AS fresh,
                   SUM(hit_count) AS hits, SUM(LENGTH(body) + COALESCE(LENGTH(body_gzip), 0)) AS bytes
            FROM cache_entries WHERE is_valid = 1 GROUP BY endpoint ORDER BY endpoint""";
    private static final String PURGE = """
            DELETE FROM cache_entries WHERE expires_at < #{before} OR (is_valid = 0 AND invalidated_at < #{before})""";

    private final Vertx vertx;
    private final Database database;
    private final Metrics metrics;
    private final PartHealth health;
    private final CircuitBreaker reads;

    private final AtomicBoolean underWay = new AtomicBoolean();
    private Map<CacheKey, Queued> queued = new LinkedHashMap<>();
    private Map<CacheKey, Queued> writing = Map.of();
    private long queuedBytes;

    private record Queued(StoredAnswer answer, Promise<Void> written) {
    }

    /**
     * The tier over a database.
     *
     * @param health is told whether reads and writes succeed
     */
    public SqlTier(Vertx vertx, Database database, Metrics metrics, PartHealth health) {
        this.vertx = vertx;
        this.database = database;
        this.metrics = metrics;
        this.health = health;
        this.reads = CircuitBreaker.create("sql-tier-reads", vertx, new CircuitBreakerOptions()
                .setMaxFailures(3)
                .setTimeout(1_000)
                .setResetTimeout(2_000)
                .setNotificationPeriod(0));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Future<Optional<StoredAnswer>> get(CacheKey key) {
        StoredAnswer unwritten = unwritten(key);
        if (unwritten != null) {
            return Future.succeededFuture(Optional.of(unwritten));
        }
        Future<Optional<StoredAnswer>> read = reads.execute(() -> Database.attempt(() -> query(GET, Map.of("key", key.hex())))
                .map(rows -> rows.iterator().hasNext() ? Optional.of(answer(key, rows.iterator().next()))
                        : Optional.<StoredAnswer>empty()));
        return read.onSuccess(found -> health.worked()).onFailure(failure -> failed("read", failure));
    }

    @Override
    public Future<Void> put(StoredAnswer answer) {
        Queued entry;
        synchronized (this) {
            Queued replaced = queued.get(answer.entry().key());
            long bytes = queuedBytes + answer.weight() - (replaced == null ? 0 : replaced.answer.weight());
            if (bytes > QUEUE_BYTES) {
                metrics.dropped("cache-write").increment();
                return Future.failedFuture("the queue of cache writes is full");
            }
            queuedBytes = bytes;
            entry = new Queued(answer, replaced == null ? Promise.promise() : replaced.written);
            queued.put(answer.entry().key(), entry);
        }
        if (underWay.compareAndSet(false, true)) {
            writeBatch();
        }
        return entry.written.future();
    }

    private void writeBatch() {
        List<Queued> batch = takeBatch();
        if (batch.isEmpty()) {
            underWay.set(false);
            if (hasQueued() && underWay.compareAndSet(false, true)) {
                writeBatch();
            }
            return;
        }
        List<Map<String, Object>> rows = batch.stream().map(entry -> parameters(entry.answer)).toList();
        Database.attempt(() -> database.writer().withTransaction(
                        connection -> SqlTemplate.forUpdate(connection, PUT).executeBatch(rows)))
                .onSuccess(done -> {
                    health.worked();
                    batch.forEach(entry -> entry.written.complete());
                    writeBatch();
                })
                .onFailure(failure -> {
                    failed("write", failure);
                    putBack(batch);
                    vertx.setTimer(RETRY_MILLIS, timer -> writeBatch());
                });
    }

    private synchronized List<Queued> takeBatch() {
        writing = new LinkedHashMap<>();
        var entries = queued.entrySet().iterator();
        while (entries.hasNext() && writing.size() < MOST_IN_A_BATCH) {
            var next = entries.next();
            writing.put(next.getKey(), next.getValue());
            queuedBytes -= next.getValue().answer.weight();
            entries.remove();
        }
        return List.copyOf(writing.values());
    }

    /** What could not be written goes back into the queue, but for what was replaced meanwhile. */
    private synchronized void putBack(List<Queued> batch) {
        Map<CacheKey, Queued> all = new LinkedHashMap<>();
        batch.forEach(entry -> all.put(entry.answer.entry().key(), entry));
        queued.forEach((key, newer) -> {
            Queued older = all.put(key, newer);
            if (older != null) {
                newer.written.future().onSuccess(older.written::tryComplete);
            }
        });
        queued = all;
        queuedBytes = weight(all);
        writing = Map.of();
    }

    private synchronized boolean hasQueued() {
        return !queued.isEmpty();
    }

    private synchronized StoredAnswer unwritten(CacheKey key) {
        Queued entry = queued.getOrDefault(key, writing.get(key));
        return entry == null ? null : entry.answer;
    }

    @Override
    public Future<Void> flush() {
        List<Future<Void>> unwritten = new ArrayList<>();
        synchronized (this) {
            writing.values().forEach(entry -> unwritten.add(entry.written.future()));
            queued.values().forEach(entry -> unwritten.add(entry.written.future()));
        }
        return Future.join(unwritten).mapEmpty();
    }

    @Override
    public Future<Void> touch(Map<CacheKey, Integer> hits, Instant at) {
        if (hits.isEmpty()) {
            return Future.succeededFuture();
        }
        List<Map<String, Object>> batch = hits.entrySet().stream()
                .map(hit -> Map.<String, Object>of(
                        "key", hit.getKey().hex(), "hits", hit.getValue(), "at", at.toEpochMilli()))
                .toList();
        return Database.attempt(() -> database.writer().withTransaction(
                connection -> SqlTemplate.forUpdate(connection, TOUCH).executeBatch(batch))).mapEmpty();
    }

    @Override
    public Future<Integer> invalidate(Invalidation what, Instant at) {
        synchronized (this) {
            queued.values().removeIf(entry -> {
                boolean covered = what.covers(entry.answer.entry());
                if (covered) {
                    entry.written.complete();
                }
                return covered;
            });
            queuedBytes = weight(queued);
        }
        Map<String, Object> parameters = new HashMap<>(Map.of("at", at.toEpochMilli()));
        return update(INVALIDATE + condition(what, parameters), parameters);
    }

    private static String condition(Invalidation what, Map<String, Object> parameters) {
        if (what instanceof Invalidation.OfEndpoint of) {
            parameters.put("endpoint", of.name());
            return " AND endpoint = #{endpoint}";
        }
        if (what instanceof Invalidation.OfKey one) {
            parameters.put("key", one.key().hex());
            return " AND cache_key = #{key}";
        }
        if (what instanceof Invalidation.FetchedBefore before) {
            parameters.put("before", before.moment().toEpochMilli());
            if (before.endpoint() == null) {
                return " AND created_at < #{before}";
            }
            parameters.put("endpoint", before.endpoint());
            return " AND created_at < #{before} AND endpoint = #{endpoint}";
        }
        return "";
    }

    @Override
    public Future<List<TierStatistics>> statistics(Instant now) {
        return Database.attempt(() -> query(STATISTICS, Map.of("now", now.toEpochMilli()))).map(rows -> {
            List<TierStatistics> statistics = new ArrayList<>();
            rows.forEach(row -> statistics.add(new TierStatistics(
                    row.getString("endpoint"), row.getLong("entries"), row.getLong("fresh"), row.getLong("hits"),
                    row.getLong("bytes"))));
            return statistics;
        });
    }

    @Override
    public Future<Integer> purge(Instant now, Duration keptFor) {
        return update(PURGE, Map.of("before", now.minus(keptFor).toEpochMilli()));
    }

    private static long weight(Map<CacheKey, Queued> entries) {
        return entries.values().stream().mapToLong(entry -> entry.answer.weight()).sum();
    }

    private Future<RowSet<Row>> query(String sql, Map<String, Object> parameters) {
        return SqlTemplate.forQuery(database.reader(), sql).execute(parameters);
    }

    private Future<Integer> update(String sql, Map<String, Object> parameters) {
        return Database.attempt(() -> {
            SqlClient writer = database.writer();
            return SqlTemplate.forUpdate(writer, sql).execute(parameters).map(SqlResult::rowCount);
        });
    }

    private void failed(String operation, Throwable failure) {
        metrics.tierFailures(NAME, operation).increment();
        health.failed(failure.getMessage());
    }

    private static Map<String, Object> parameters(StoredAnswer answer) {
        Entry entry = answer.entry();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("key", entry.key().hex());
        parameters.put("endpoint", entry.endpoint());
        parameters.put("question", entry.question());
        parameters.put("target", entry.target());
        parameters.put("status", entry.status());
        parameters.put("headers", encode(entry.headers()));
        parameters.put("etag", entry.etag());
        parameters.put("upstreamEtag", entry.validators().etag());
        parameters.put("lastModified", entry.validators().lastModified());
        parameters.put("createdAt", entry.fetchedAt().toEpochMilli());
        parameters.put("initialAge", entry.initialAge().toMillis());
        parameters.put("expiresAt", entry.expiresAt().toEpochMilli());
        parameters.put("body", answer.body());
        parameters.put("gzip", answer.gzip());
        return parameters;
    }

    private static StoredAnswer answer(CacheKey key, Row row) {
        Entry entry = new Entry(
                key,
                row.getString("endpoint"),
                row.getString("question"),
                row.getString("target"),
                row.getInteger("status_code"),
                decode(row.getString("headers")),
                row.getString("etag"),
                new Validators(row.getString("upstream_etag"), row.getString("last_modified")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Duration.ofMillis(row.getLong("initial_age_ms")),
                Instant.ofEpochMilli(row.getLong("expires_at")));
        Buffer gzip = row.getBuffer("body_gzip");
        return new StoredAnswer(entry, row.getBuffer("body"), gzip);
    }

    private static String encode(List<Header> headers) {
        JsonArray pairs = new JsonArray();
        headers.forEach(header -> pairs.add(new JsonArray().add(header.name()).add(header.value())));
        return pairs.encode();
    }

    private static List<Header> decode(String pairs) {
        return new JsonArray(pairs).stream()
                .map(pair -> (JsonArray) pair)
                .map(pair -> new Header(pair.getString(0), pair.getString(1)))
                .toList();
    }
}

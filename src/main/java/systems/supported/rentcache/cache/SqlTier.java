package systems.supported.rentcache.cache;

import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Future;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.events.CacheInvalidated;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.outbox.Outbox;
import systems.supported.rentcache.outbox.OutboxWriter;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.KeptRow;
import systems.supported.rentcache.storage.InvalidationLog;

/**
 * The tier in SQL (L2): what outlives the process.
 *
 * <p>Writes go through a {@link WriteQueue}. {@link #get} sees it, so what was put is found before it is on disk. Reads
 * that fail trip a circuit breaker, so that a sick database is not waited for.
 *
 * <p>Thread-safe; futures complete on the caller's context.
 */
public final class SqlTier implements Tier {
    private static final String NAME = "sql";

    static final String GET = """
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
                   body_gzip = excluded.body_gzip, is_valid = 1, invalidated_at = NULL
            WHERE excluded.created_at >= cache_entries.created_at""";
    private static final String TOUCH = """
            UPDATE cache_entries SET hit_count = hit_count + #{hits}, last_accessed = #{at}
            WHERE cache_key = #{key}""";
    private static final String INVALIDATE =
            "UPDATE cache_entries SET is_valid = 0, invalidated_at = #{at} WHERE is_valid = 1 AND created_at <= #{at}";
    private static final String STANDS =
            " AND EXISTS (SELECT 1 FROM invalidations WHERE seq = #{seq} AND undone_at IS NULL)";
    private static final String REVIVE = """
            UPDATE cache_entries SET is_valid = 1, invalidated_at = NULL
            WHERE is_valid = 0 AND invalidated_at = #{at}""";
    private static final String INSPECT = """
            SELECT endpoint, question, target, status_code, headers, etag, upstream_etag, last_modified, created_at,
                   initial_age_ms, expires_at, body, body_gzip, hit_count, last_accessed,
                   CASE WHEN is_valid = 0 THEN invalidated_at END AS invalidated_at
            FROM cache_entries WHERE cache_key = #{key}""";
    static final String MOST_USED = """
            SELECT endpoint, question, target, status_code, headers, etag, upstream_etag, last_modified, created_at,
                   initial_age_ms, expires_at, body, body_gzip, cache_key, hit_count,
                   COALESCE(last_accessed, created_at) AS last_used
            FROM cache_entries
            WHERE is_valid = 1
              AND (hit_count, COALESCE(last_accessed, created_at), cache_key) < (#{hits}, #{used}, #{key})
              AND expires_at > #{now} AND LENGTH(body) <= #{largest}
            ORDER BY hit_count DESC, COALESCE(last_accessed, created_at) DESC, cache_key DESC LIMIT #{limit}""";
    static final String MOST_ASKED = """
            SELECT cache_key, target, created_at, expires_at FROM cache_entries
            WHERE is_valid = 1 AND last_accessed >= #{since}
            ORDER BY hit_count DESC, COALESCE(last_accessed, created_at) DESC, cache_key DESC LIMIT #{limit}""";
    private static final String SPELL =
            "SELECT created_at, expires_at FROM cache_entries WHERE cache_key = #{key} AND is_valid = 1";
    private static final String STATISTICS = """
            SELECT endpoint, COUNT(*) AS entries, SUM(CASE WHEN expires_at > #{now} THEN 1 ELSE 0 END) AS fresh,
                   SUM(hit_count) AS hits, SUM(LENGTH(body) + COALESCE(LENGTH(body_gzip), 0)) AS bytes
            FROM cache_entries WHERE is_valid = 1 GROUP BY endpoint ORDER BY endpoint""";
    private static final String PURGE = """
            DELETE FROM cache_entries WHERE expires_at < #{before} OR (is_valid = 0 AND invalidated_at < #{before})""";

    private final Database database;
    private final Metrics metrics;
    private final PartHealth health;
    private final CircuitBreaker reads;
    private final Outbox outbox;
    private final OutboxWriter events;
    private final WriteQueue writes;

    /**
     * What is on disk of an answer, for operators.
     *
     * @param answer        the answer
     * @param hits          how often it was asked for since it was first kept
     * @param lastAccessed  when last, or null for never
     * @param invalidatedAt since when it is invalid, or null where it is valid
     */
    public record Kept(StoredAnswer answer, long hits, Instant lastAccessed, Instant invalidatedAt) {
    }

    /**
     * A place in the order of use, after which more is read.
     *
     * @param hits how often the answer there was asked for
     * @param used when last, or when it was fetched, in milliseconds since 1970-01-01T00:00Z
     * @param key  its key, in hexadecimal digits
     */
    public record Place(long hits, long used, String key) {
        private static final Place FIRST = new Place(Long.MAX_VALUE, Long.MAX_VALUE, "");
    }

    /**
     * Some answers in the order of use, the most used first.
     *
     * @param answers the answers
     * @param last    the place of the last of them, or null where no more follow
     */
    public record Page(List<StoredAnswer> answers, Place last) {
    }

    /**
     * What an invalidation did.
     *
     * @param seq   its number
     * @param count how many answers it made invalid
     */
    public record Invalidated(long seq, int count) {
    }

    /**
     * The tier over a database.
     *
     * @param health is told whether reads and writes succeed
     */
    public SqlTier(Vertx vertx, Database database, Metrics metrics, PartHealth health) {
        this(vertx, database, metrics, health, new OutboxWriter(vertx, database, metrics));
    }

    /**
     * The tier of a node, over a database.
     *
     * @param events keeps and tells the events that go with the answers
     */
    public SqlTier(Vertx vertx, Database database, Metrics metrics, PartHealth health, OutboxWriter events) {
        this.outbox = new Outbox(database);
        this.events = events;
        this.database = database;
        this.metrics = metrics;
        this.health = health;
        this.reads = CircuitBreaker.create("sql-tier-reads", vertx, new CircuitBreakerOptions()
                .setMaxFailures(3)
                .setTimeout(1_000)
                .setResetTimeout(2_000)
                .setNotificationPeriod(0));
        this.writes = new WriteQueue(vertx, this::write, this::markLate, events::add, database::isClosed, metrics);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Future<Optional<StoredAnswer>> get(CacheKey key) {
        StoredAnswer unwritten = writes.unwritten(key);
        if (unwritten != null) {
            return Future.succeededFuture(Optional.of(unwritten));
        }
        Future<Optional<StoredAnswer>> read =
                reads.execute(() -> database.find(GET, key.hex(), row -> answer(key, row)));
        return read.onSuccess(found -> health.worked("read")).onFailure(failure -> failed("read", failure));
    }

    @Override
    public Future<Void> put(StoredAnswer answer) {
        return writes.add(answer, null);
    }

    /** {@inheritDoc} The event is told on the event bus once both are kept, or cannot be. */
    @Override
    public Future<Void> put(StoredAnswer answer, EventMessage event) {
        return writes.add(answer, event).onFailure(full -> events.lose(event));
    }

    private Future<?> write(WriteQueue.Batch batch) {
        List<Map<String, Object>> rows = batch.answers().stream().map(this::parameters).toList();
        return events.write(batch.events(), (connection, all) -> SqlTemplate.forUpdate(connection, PUT)
                        .executeBatch(rows)
                        .compose(put -> outbox.append(connection, all)))
                .onSuccess(done -> health.worked("write"))
                .onFailure(failure -> failed("write", failure));
    }

    /** Marks an answer whose write committed after the invalidation that covers it had marked what was there. */
    private void markLate(StoredAnswer answer) {
        Entry entry = answer.entry();
        database.write(connection -> mark(connection, new Invalidation.OfKey(entry.key()), entry.fetchedAt()))
                .onFailure(failure -> failed("invalidate", failure));
    }

    @Override
    public Future<Void> flush() {
        return writes.flush();
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
        return database.write(connection -> SqlTemplate.forUpdate(connection, TOUCH).executeBatch(batch)).mapEmpty();
    }

    /** {@inheritDoc} Other processes are told in the same transaction. */
    @Override
    public Future<Integer> invalidate(Invalidation what, Instant at) {
        return invalidateNumbered(what, at).map(Invalidated::count);
    }

    /** The same as {@link #invalidate}; says also by which number it can be {@linkplain #undo undone}. */
    public Future<Invalidated> invalidateNumbered(Invalidation what, Instant at) {
        List<EventMessage> dropped = writes.drop(what, at);
        // Not in turn with what is being written: that may have to wait, and an invalidation must not.
        return database.write(connection -> mark(connection, what, at)
                        .compose(marked -> outbox.log(
                                        connection, what.scope(), at, dropped,
                                        seq -> new CacheInvalidated(seq, what.scope(), at))
                                .map(seq -> new Invalidated(seq, marked))))
                .onSuccess(done -> events.kept(dropped))
                .onFailure(failure -> dropped.forEach(events::lose));
    }

    /**
     * Takes an invalidation back: what it made invalid, and what was not fetched anew or deleted since, is valid again.
     * Nodes find it here when they are asked for it.
     *
     * @param seq the invalidation's number
     * @return how many answers are valid again; empty where there is no such invalidation, or it was undone before; fails
     *     with an {@link IllegalArgumentException} where the number is that of a key's change
     */
    public Future<Optional<Integer>> undo(long seq, Instant now) {
        return database.write(connection -> InvalidationLog.undo(connection, seq, now).compose(line -> {
            if (line.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Map<String, Object> parameters = new HashMap<>(Map.of("at", line.get().at().toEpochMilli()));
            String sql = REVIVE + condition(Invalidation.parse(line.get().scope()), parameters);
            return SqlTemplate.forUpdate(connection, sql).execute(parameters).map(SqlResult::rowCount)
                    .compose(revived -> markAgain(connection, seq)
                            .map(again -> Optional.of(Math.max(0, revived - again))));
        }));
    }

    /**
     * Marks what later invalidations cover, which stand: they left no trace on answers that were invalid already.
     *
     * @return how many answers that was
     */
    private static Future<Integer> markAgain(SqlClient connection, long seq) {
        return InvalidationLog.standingAfter(connection, seq).compose(lines -> {
            Future<Integer> marked = Future.succeededFuture(0);
            for (InvalidationLog.Line line : lines) {
                if (Invalidation.isScope(line.scope())) {
                    marked = marked.compose(before -> mark(connection, Invalidation.parse(line.scope()), line.at())
                            .map(more -> before + more));
                }
            }
            return marked;
        });
    }

    /**
     * Applies what another process invalidated: what this one has not written yet is dropped, and what it wrote since
     * then, of answers older than the invalidation, is marked again, unless the invalidation was undone meanwhile.
     *
     * @param line the invalidation's line in the log
     */
    public Future<Integer> forget(Invalidation what, InvalidationLog.Line line) {
        writes.drop(what, line.at()).forEach(events::add);
        Map<String, Object> parameters = new HashMap<>(Map.of("at", line.at().toEpochMilli(), "seq", line.seq()));
        String sql = INVALIDATE + STANDS + condition(what, parameters);
        return update(sql, parameters);
    }

    private static Future<Integer> mark(SqlClient connection, Invalidation what, Instant at) {
        Map<String, Object> parameters = new HashMap<>(Map.of("at", at.toEpochMilli()));
        String sql = INVALIDATE + condition(what, parameters);
        return SqlTemplate.forUpdate(connection, sql).execute(parameters).map(SqlResult::rowCount);
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
        if (what instanceof Invalidation.OfTags of) {
            List<String> matches = new ArrayList<>();
            for (String tag : of.tags()) {
                String name = "tag" + matches.size();
                parameters.put(name, Tags.fragment(tag));
                // Whether it is in the text, in words that both kinds of databases have, and by letter case.
                matches.add("REPLACE(question, #{" + name + "}, '') <> question");
            }
            // By themselves, so that SQLite looks through its index of questions and not through the bodies.
            String condition = " AND cache_key IN (SELECT cache_key FROM cache_entries WHERE "
                    + String.join(" AND ", matches) + ")";
            if (of.endpoint() != null) {
                parameters.put("endpoint", of.endpoint());
                condition += " AND endpoint = #{endpoint}";
            }
            return condition;
        }
        return "";
    }

    /** What is on disk under a key, valid or not. */
    public Future<Optional<Kept>> inspect(CacheKey key) {
        return Database.attempt(() -> query(INSPECT, Map.of("key", key.hex()))).map(rows -> {
            if (!rows.iterator().hasNext()) {
                return Optional.empty();
            }
            Row row = rows.iterator().next();
            return Optional.of(new Kept(
                    answer(key, KeptRow.of(row)), row.getLong("hit_count"), instant(row, "last_accessed"),
                    instant(row, "invalidated_at")));
        });
    }

    /** What is kept under a key, valid or not, on disk or on its way there. Nothing is counted, nobody is told. */
    public Future<Optional<Kept>> peek(CacheKey key) {
        StoredAnswer unwritten = writes.unwritten(key);
        return inspect(key).map(found -> unwritten == null ? found : Optional.of(new Kept(
                unwritten, found.map(Kept::hits).orElse(0L), found.map(Kept::lastAccessed).orElse(null), null)));
    }

    /**
     * Valid and fresh answers, the most used first; among those that were used as often, the latest first.
     *
     * @param after   the last place of the page before this one, or null for the first page
     * @param now     when they have to be fresh
     * @param largest the most bytes of a body; answers with larger ones are left out
     * @param limit   how many at most
     */
    public Future<Page> mostUsed(Place after, Instant now, long largest, int limit) {
        Place place = after == null ? Place.FIRST : after;
        Map<String, Object> parameters = Map.of(
                "hits", place.hits, "used", place.used, "key", place.key, "now", now.toEpochMilli(), "largest", largest,
                "limit", limit);
        return Database.attempt(() -> query(MOST_USED, parameters)).map(rows -> {
            List<StoredAnswer> answers = new ArrayList<>();
            Place last = null;
            for (Row row : rows) {
                answers.add(answer(CacheKey.parse(row.getString("cache_key")), KeptRow.of(row)));
                last = new Place(row.getLong("hit_count"), row.getLong("last_used"), row.getString("cache_key"));
            }
            return new Page(answers, answers.size() < limit ? null : last);
        });
    }

    /**
     * When an answer is fresh.
     *
     * @param fetchedAt from when on
     * @param expiresAt until when
     */
    public record Spell(Instant fetchedAt, Instant expiresAt) {
    }

    /**
     * A question that was asked more than once.
     *
     * @param key    of its answer
     * @param target path and query as they were sent upstream
     * @param spell  when its answer is fresh
     */
    public record Asked(CacheKey key, String target, Spell spell) {
    }

    /**
     * The questions whose valid answers, fresh or stale, were given most often after they were fetched, the most asked
     * first. Bodies are not read.
     *
     * @param since when they were last given, or later
     * @param limit how many at most
     */
    public Future<List<Asked>> mostAsked(Instant since, int limit) {
        return Database.attempt(() -> query(MOST_ASKED, Map.of("since", since.toEpochMilli(), "limit", limit)))
                .map(rows -> {
                    List<Asked> asked = new ArrayList<>();
                    rows.forEach(row -> asked.add(new Asked(
                            CacheKey.parse(row.getString("cache_key")), row.getString("target"), spell(row))));
                    return asked;
                });
    }

    /** When the valid answer under a key is fresh; empty where there is none. Its body is not read. */
    public Future<Optional<Spell>> spell(CacheKey key) {
        StoredAnswer unwritten = writes.unwritten(key);
        if (unwritten != null) {
            return Future.succeededFuture(Optional.of(
                    new Spell(unwritten.entry().fetchedAt(), unwritten.entry().expiresAt())));
        }
        return Database.attempt(() -> query(SPELL, Map.of("key", key.hex()))).map(rows ->
                rows.iterator().hasNext() ? Optional.of(spell(rows.iterator().next())) : Optional.empty());
    }

    private static Spell spell(Row row) {
        return new Spell(
                Instant.ofEpochMilli(row.getLong("created_at")), Instant.ofEpochMilli(row.getLong("expires_at")));
    }

    private static Instant instant(Row row, String column) {
        Long millis = row.getLong(column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
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

    private Future<RowSet<Row>> query(String sql, Map<String, Object> parameters) {
        return SqlTemplate.forQuery(database.reader(), sql).execute(parameters);
    }

    private Future<Integer> update(String sql, Map<String, Object> parameters) {
        return database.write(connection ->
                SqlTemplate.forUpdate(connection, sql).execute(parameters).map(SqlResult::rowCount));
    }

    private void failed(String operation, Throwable failure) {
        metrics.tierFailures(NAME, operation).increment();
        health.failed(operation, failure);
    }

    private Map<String, Object> parameters(StoredAnswer answer) {
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
        parameters.put("body", database.bytes(answer.body()));
        parameters.put("gzip", database.bytes(answer.gzip()));
        return parameters;
    }

    private static StoredAnswer answer(CacheKey key, KeptRow row) {
        Entry entry = new Entry(
                key,
                row.text("endpoint"),
                row.text("question"),
                row.text("target"),
                row.number("status_code").intValue(),
                decode(row.text("headers")),
                row.text("etag"),
                new Validators(row.text("upstream_etag"), row.text("last_modified")),
                Instant.ofEpochMilli(row.number("created_at")),
                Duration.ofMillis(row.number("initial_age_ms")),
                Instant.ofEpochMilli(row.number("expires_at")));
        return new StoredAnswer(entry, row.bytes("body"), row.bytes("body_gzip"));
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

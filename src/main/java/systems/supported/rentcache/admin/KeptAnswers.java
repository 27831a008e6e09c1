package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import systems.supported.rentcache.cache.EntryIndex;
import systems.supported.rentcache.cache.NearCache;
import systems.supported.rentcache.cache.SqlTier;
import systems.supported.rentcache.cache.TierStatistics;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;

/** The answers that are kept: counted, found, shown, invalidated and made valid again. Thread-safe. */
public final class KeptAnswers {
    private final SqlTier tier;
    private final EntryIndex index;
    private final Optional<NearCache> near;
    private final Catalog catalog;
    private final long priceMicros;
    private final InstantSource clock;
    private final Supplier<Future<Void>> heard;

    /**
     * The answers of a tier.
     *
     * @param near        the near tier of the node, where this runs on one
     * @param priceMicros what a call costs past those that the plan includes, in micro-dollars
     * @param heard       completes when a change that was made before it is asked is in force where this runs
     */
    public KeptAnswers(
            SqlTier tier,
            EntryIndex index,
            Optional<NearCache> near,
            Catalog catalog,
            long priceMicros,
            InstantSource clock,
            Supplier<Future<Void>> heard) {
        this.tier = tier;
        this.index = index;
        this.near = near;
        this.catalog = catalog;
        this.priceMicros = priceMicros;
        this.clock = clock;
        this.heard = heard;
    }

    /** Its operations by their ids. */
    public Map<String, Operation> operations() {
        return Map.of(
                "cacheStats", this::stats,
                "searchEntries", this::search,
                "showEntry", this::show,
                "invalidate", this::invalidate,
                "undo", this::undo);
    }

    private Future<Document> stats(Call call) {
        return tier.statistics(clock.instant()).map(kept -> Document.of(stats(kept)));
    }

    private JsonObject stats(List<TierStatistics> kept) {
        TierStatistics total = new TierStatistics(
                "total", sum(kept, TierStatistics::entries), sum(kept, TierStatistics::fresh),
                sum(kept, TierStatistics::hits), sum(kept, TierStatistics::bytes));
        JsonArray tiers = new JsonArray();
        near.ifPresent(entries -> tiers.add(new JsonObject()
                .put("tier", "near").put("entries", entries.size()).put("bytes", entries.bytes())));
        tiers.add(new JsonObject()
                .put("tier", tier.name()).put("entries", total.entries()).put("bytes", total.bytes()));
        return new JsonObject()
                .put("endpoints", new JsonArray(kept.stream()
                        .map(one -> new JsonObject().put("endpoint", one.endpoint()).mergeIn(json(one))).toList()))
                .put("total", json(total))
                .put("tiers", tiers);
    }

    private static long sum(List<TierStatistics> kept, ToLongFunction<TierStatistics> number) {
        return kept.stream().mapToLong(number).sum();
    }

    private static JsonObject json(TierStatistics kept) {
        return new JsonObject()
                .put("entries", kept.entries())
                .put("fresh", kept.fresh())
                .put("stale", kept.entries() - kept.fresh())
                .put("hits", kept.hits())
                .put("bytes", kept.bytes());
    }

    private Future<Document> search(Call call) {
        return RefusedCall.orFailed(() -> {
            String endpoint = call.text("endpoint");
            if (endpoint != null) {
                KeyRequest.requireEndpoint("endpoint", endpoint, catalog);
            }
            String tag = call.text("tag");
            if (tag != null) {
                InvalidationRequest.requireTag(tag);
            }
            Instant now = clock.instant();
            EntryIndex.Query query = new EntryIndex.Query(
                    Optional.ofNullable(call.text("search")).orElse(""), endpoint, tag, state(call), order(call),
                    call.limit(), call.offset());
            return index.find(query, now).map(page -> Document.of(new JsonObject()
                    .put("items", new JsonArray(page.entries().stream()
                            .map(found -> EntryDocument.of(found, now, priceMicros)).toList()))
                    .put("total", page.total())
                    .put("limit", call.limit())
                    .put("offset", call.offset())));
        });
    }

    private static EntryIndex.State state(Call call) {
        String state = call.text("state");
        return state == null ? EntryIndex.State.KEPT : EntryIndex.State.valueOf(state.toUpperCase(Locale.ROOT));
    }

    /** Each hit saves a call, and all calls have one price: what is asked most saves most. */
    private static EntryIndex.Order order(Call call) {
        String sort = call.text("sort");
        return sort == null || sort.equals("saved")
                ? EntryIndex.Order.HITS : EntryIndex.Order.valueOf(sort.toUpperCase(Locale.ROOT));
    }

    private Future<Document> show(Call call) {
        String key = call.text("key");
        return tier.inspect(CacheKey.parse(key)).map(kept -> Document.of(EntryDocument.of(
                kept.orElseThrow(() -> RefusedCall.notFound("There is no answer " + key + ".")),
                call.parameters().getBoolean("body", false), clock.instant())));
    }

    private Future<Document> invalidate(Call call) {
        return RefusedCall.orFailed(() -> {
            Instant now = clock.instant();
            return tier.invalidateNumbered(InvalidationRequest.of(call.body(), catalog, now), now)
                    .compose(done -> heard.get().map(Document.of(invalidated(done.seq(), done.count()))));
        });
    }

    private Future<Document> undo(Call call) {
        long seq = call.body().getLong("seq");
        return tier.undo(seq, clock.instant())
                .recover(failure -> Future.failedFuture(failure instanceof IllegalArgumentException
                        ? RefusedCall.notFound("Number " + seq + " is no clearing of the cache.") : failure))
                .compose(revived -> heard.get().map(Document.of(invalidated(seq, revived.orElseThrow(() ->
                        RefusedCall.notFound("There is no clearing " + seq + " that was not undone yet."))))));
    }

    private static JsonObject invalidated(long seq, int count) {
        return new JsonObject().put("seq", seq).put("count", count);
    }
}

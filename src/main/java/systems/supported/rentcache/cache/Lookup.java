package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import systems.supported.rentcache.cache.CacheDecision.Fetch;
import systems.supported.rentcache.cache.CacheDecision.Hit;
import systems.supported.rentcache.cache.CacheDecision.HitStale;
import systems.supported.rentcache.cache.CacheDecision.OnlyIfCachedMiss;
import systems.supported.rentcache.cache.CacheDecision.Revalidate;
import systems.supported.rentcache.cache.CacheDecision.ServeStaleOnError;
import systems.supported.rentcache.cache.RecentInvalidations.Since;
import systems.supported.rentcache.cache.Tiers.Found;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.coordination.Boarding;
import systems.supported.rentcache.coordination.Flight;
import systems.supported.rentcache.coordination.Flights;
import systems.supported.rentcache.coordination.Outcome;
import systems.supported.rentcache.events.CacheMiss;
import systems.supported.rentcache.events.CacheRefreshed;
import systems.supported.rentcache.events.CacheStored;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.events.EventPublisher;

/**
 * The way of a question behind the near tier: tiers, decision, upstream, storing.
 *
 * <p>Requests for one question share one look-up and one upstream call, also those of other nodes. A call's answer is
 * in the near tier, and in the tier's write queue, before the call stops being joinable: no request can fall into a gap
 * between them and pay again. Other nodes hear of it once a tier that they share has it.
 *
 * <p>Confined to one event loop.
 */
final class Lookup {
    /** The most of a body that has to be read to see that it is an empty list. */
    private static final int NEGATIVE_PEEK = 16;
    private static final int ETAG_BYTES = 16;
    private static final long AFTER_THE_ANSWER_MILLIS = 1;
    private static final String NEAR = "near";
    /** How often a question waits for a call of another one that fails for what is not this one's. */
    private static final int MOST_JOINED = 5;
    /** How often a question waits for another node's call that comes to nothing before it has no answer. */
    private static final int MOST_BOARDINGS = 5;
    /** How long the tiers that nodes share may take to keep an answer before the others help themselves. */
    private static final Duration SHARING = Duration.ofSeconds(2);
    /** By how much the clocks of nodes may differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);
    private static final UpstreamFailure TOO_SLOW = new UpstreamFailure(UpstreamFailure.Kind.TIMED_OUT, 0, null, 0);

    private final Vertx vertx;
    private final NearCache near;
    private final Tiers tiers;
    private final RecentInvalidations invalidations;
    private final CachePolicy policy;
    private final Flights flights;
    private final Function<UpstreamRequest, Future<UpstreamReply>> upstream;
    private final Duration patience;
    private final BiConsumer<LookupRequest, LookupReply> unawaited;
    private final Compression compression;
    private final InstantSource clock;
    private final EventPublisher events;
    private final SingleFlight<CacheKey, LookupReply> lookups = new SingleFlight<>();
    private final SingleFlight<CacheKey, LookupReply> calls = new SingleFlight<>();
    /** What look-ups under way have boarded, and not used yet. */
    private final Map<CacheKey, Future<Optional<Boarding>>> boardings = new HashMap<>();

    /**
     * A look-up in which nothing is under way.
     *
     * @param flights   let one node make a call for all
     * @param upstream  makes calls; its future never fails
     * @param patience  how long a call is waited for where a kept answer may be given in its place
     * @param unawaited is told what became of a call for which nobody waited any more
     * @param events    publishes misses, and what is kept
     */
    Lookup(
            Vertx vertx,
            NearCache near,
            Tiers tiers,
            RecentInvalidations invalidations,
            CachePolicy policy,
            Flights flights,
            Function<UpstreamRequest, Future<UpstreamReply>> upstream,
            Duration patience,
            BiConsumer<LookupRequest, LookupReply> unawaited,
            InstantSource clock,
            EventPublisher events) {
        this.vertx = vertx;
        this.near = near;
        this.tiers = tiers;
        this.invalidations = invalidations;
        this.policy = policy;
        this.flights = flights;
        this.upstream = upstream;
        this.patience = patience;
        this.unawaited = unawaited;
        this.compression = new Compression(vertx);
        this.clock = clock;
        this.events = events;
    }

    /** Answers a question; the future fails only where the program is wrong. */
    Future<LookupReply> answer(LookupRequest question) {
        CacheKey key = question.request().key();
        if (!question.request().endpoint().cacheable() || question.directives().forceRefresh()) {
            return proceed(question, null, invalidations.since(clock.instant()));
        }
        Since begun = invalidations.since(clock.instant());
        NearEntry kept = near.get(key);
        CacheDecision first = decide(kept == null ? null : kept.answer(), question);
        if (near.isTrusted() && isAnswer(first, question)) {
            return Future.succeededFuture(new LookupReply.Found(kept, NEAR, first));
        }
        if (!question.isPlain()) {
            // What is right for it need not be right for others.
            return find(key, kept).compose(found -> proceed(question, found, begun));
        }
        Future<LookupReply> joined = lookups.joinable(key);
        return joined == null
                ? lookups.begin(key, () -> findAndBoard(question, kept, begun))
                : joined.compose(reply -> shared(reply, question, MOST_JOINED));
    }

    /** What the tiers have, or in its place what the near tier has; null where neither has anything of use. */
    private Future<Found> find(CacheKey key, NearEntry kept) {
        return tiers.find(key).transform(found -> {
            // Where it is not known what is invalid, a tier that has nothing says that it is.
            boolean lastResort = kept != null && (found.failed() || near.isTrusted());
            Found otherwise = lastResort ? new Found(kept.answer(), NEAR) : null;
            return Future.succeededFuture(found.succeeded() ? found.result().orElse(otherwise) : otherwise);
        });
    }

    /** Boards while the tiers are asked: who finds nothing there need not begin only then to wait for the other nodes. */
    private Future<LookupReply> findAndBoard(LookupRequest question, NearEntry kept, Since begun) {
        CacheKey key = question.request().key();
        if (kept == null && !isCalling(key)) {
            boardings.put(key, flights.boardUnlessKept(key));
        }
        return find(key, kept).compose(found -> {
            try {
                return proceed(question, found, begun);
            } finally {
                Future<Optional<Boarding>> unused = boardings.remove(key);
                if (unused != null) {
                    unused.onSuccess(boarding -> boarding.ifPresent(Lookup::leave));
                }
            }
        });
    }

    private static void leave(Boarding boarding) {
        if (boarding instanceof Boarding.Owner owner) {
            owner.flight().abandon();
        }
    }

    /** Whether this node waits for a call for a key, its own or another node's. */
    boolean isCalling(CacheKey key) {
        return calls.joinable(key) != null;
    }

    /** Whether a decision answers a question with what is kept: a refresh is after what is newer than stale. */
    private static boolean isAnswer(CacheDecision decision, LookupRequest question) {
        return decision instanceof Hit || decision instanceof HitStale && !question.background();
    }

    /**
     * Goes on with what the tiers had.
     *
     * @param begun when they were asked
     */
    private Future<LookupReply> proceed(LookupRequest question, Found found, Since begun) {
        StoredAnswer kept =
                found == null || invalidations.cover(found.answer().entry(), begun) ? null : found.answer();
        CacheDecision decision = decide(kept, question);
        if (isAnswer(decision, question)) {
            if (found.tier().equals(NEAR)) {
                // Nothing else has it: it may have been invalidated, for all that is known.
                return Future.succeededFuture(new LookupReply.Found(
                        new NearEntry(kept), NEAR, near.isTrusted() ? decision : HitStale.AS_IT_IS));
            }
            return Future.succeededFuture(new LookupReply.Found(near.put(kept), found.tier(), decision));
        }
        if (decision instanceof OnlyIfCachedMiss) {
            return Future.succeededFuture(new LookupReply.OnlyIfCachedMiss());
        }
        if (decision instanceof Fetch fetch) {
            return ask(question, kept, Validators.NONE, fetch.reason());
        }
        return decision instanceof Revalidate revalidate
                ? ask(question, kept, revalidate.validators(), revalidate.reason())
                : ask(question, kept, kept.entry().validators(), ForwardReason.STALE);
    }

    private CacheDecision decide(StoredAnswer kept, LookupRequest question) {
        return CacheDecision.decide(
                kept == null ? null : kept.entry(), question.directives(), question.request().endpoint(),
                clock.instant());
    }

    /** Asks the upstream; gives what is kept where that fails, or takes too long, and the endpoint allows it. */
    private Future<LookupReply> ask(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason) {
        if (!question.background()) {
            events.publish(new CacheMiss(question.asked(), reason.token()));
        }
        boolean alone = !question.request().endpoint().cacheable() || question.directives().noStore();
        Future<LookupReply> reply = alone
                ? call(question, kept, validators, reason)
                : sharedCall(question, kept, validators, reason, MOST_JOINED);
        if (kept == null || question.background() || !maySubstitute(kept, question)) {
            return reply;
        }
        return patiently(reply, question, reason).map(answered -> substituted(answered, kept, question));
    }

    /** The reply, or a failure where it does not come soon; then the call goes on in the background. */
    private Future<LookupReply> patiently(Future<LookupReply> reply, LookupRequest question, ForwardReason reason) {
        Promise<LookupReply> first = Promise.promise();
        long timer = vertx.setTimer(patience.toMillis(), late ->
                first.tryComplete(new LookupReply.Failed(TOO_SLOW, reason, true)));
        reply.onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.failed()) {
                first.tryFail(done.cause());
            } else if (!first.tryComplete(done.result())) {
                unawaited.accept(question, done.result());
            }
        });
        return first.future();
    }

    private boolean maySubstitute(StoredAnswer kept, LookupRequest question) {
        return CacheDecision.afterFailure(
                kept.entry(), question.directives(), question.request().endpoint(), clock.instant())
                instanceof ServeStaleOnError;
    }

    private LookupReply substituted(LookupReply reply, StoredAnswer kept, LookupRequest question) {
        return reply instanceof LookupReply.Failed failed && maySubstitute(kept, question)
                ? new LookupReply.StaleOnError(
                        new NearEntry(kept), failed.failure(), failed.reason(), failed.collapsed())
                : reply;
    }

    private Future<LookupReply> sharedCall(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason, int left) {
        CacheKey key = question.request().key();
        Future<LookupReply> joined = calls.joinable(key);
        if (joined != null) {
            return joined.compose(reply -> shared(reply, question, left));
        }
        Instant begun = clock.instant();
        // Who wants what is newer than what is kept has no use for what another's call brought before.
        long after = wantsNewer(question, reason) || question.directives().ttlOverride() != null ? Long.MAX_VALUE : 0;
        return calls.begin(key, () -> board(question, kept, validators, reason, after, begun, MOST_BOARDINGS));
    }

    /**
     * Makes a call for all nodes, or waits for the one that another node makes.
     *
     * @param after up to which fence the outcomes of flights are known
     * @param begun when the question was first asked
     * @param left  how often it may board
     */
    private Future<LookupReply> board(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason, long after,
            Instant begun, int left) {
        CacheKey key = question.request().key();
        if (left == 0) {
            return Future.succeededFuture(new LookupReply.Failed(TOO_SLOW, reason, true));
        }
        Future<Optional<Boarding>> ahead = after == 0 ? boardings.remove(key) : null;
        Future<Boarding> boarded = ahead == null ? flights.board(key, after) : ahead.compose(
                early -> early.map(Future::succeededFuture).orElseGet(() -> flights.board(key, after)),
                away -> Future.succeededFuture(flights.alone()));
        return Awaited.here(vertx, boarded).compose(boarding -> {
            if (boarding instanceof Boarding.Owner owner) {
                return left == MOST_BOARDINGS
                        ? fly(owner.flight(), question, kept, validators, reason)
                        : landedMeanwhile(question, reason, begun).compose(landed -> landed == null
                                ? fly(owner.flight(), question, kept, validators, reason)
                                : owner.flight().abandon().map(landed));
            }
            return Awaited.here(vertx, ((Boarding.Passenger) boarding).outcome()).compose(outcome -> {
                if (outcome instanceof Outcome.Failed failed) {
                    return Future.succeededFuture(new LookupReply.Failed(
                            FlightFailure.read(failed.failure()), reason, true));
                }
                long known = outcome instanceof Outcome.Stored stored ? Math.max(after, stored.fence()) : after;
                return landedMeanwhile(question, reason, begun).compose(landed -> landed == null
                        ? board(question, kept, validators, reason, known, begun, left - 1)
                        : Future.succeededFuture(landed));
            });
        });
    }

    /**
     * The answer that another node's call brought, or one that answers the question as it is and was not found before;
     * null where the tiers have none.
     */
    private Future<LookupReply> landedMeanwhile(LookupRequest question, ForwardReason reason, Instant begun) {
        Since looking = invalidations.since(clock.instant());
        return tiers.find(question.request().key()).otherwise(Optional.empty()).map(found -> {
            StoredAnswer answer = found.map(Found::answer).orElse(null);
            if (answer == null || invalidations.cover(answer.entry(), looking)
                    || !(decide(answer, question) instanceof Hit) && !isNewer(answer.entry(), question, reason, begun)) {
                return null;
            }
            return new LookupReply.Fetched(near.put(answer), reason, false, true, true, 0);
        });
    }

    /** Whether an answer was fetched since a question was asked, and so for it, whatever it asks of the cache. */
    private boolean isNewer(Entry entry, LookupRequest question, ForwardReason reason, Instant begun) {
        // Who wants a new answer would not know of one that it came just before.
        Instant since = wantsNewer(question, reason) ? begun : begun.minus(CLOCKS_DIFFER);
        return Freshness.isFresh(entry, clock.instant()) && !entry.fetchedAt().isBefore(since);
    }

    /** Whether a question is after what is newer than any kept answer, also where none was found that is under way. */
    private static boolean wantsNewer(LookupRequest question, ForwardReason reason) {
        return reason == ForwardReason.REQUEST || question.directives().noCache();
    }

    /** Makes the call and has the other nodes hear of it; that is not waited for. */
    private Future<LookupReply> fly(
            Flight flight, LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason) {
        Landing landing = new Landing(flight);
        return call(question, kept, validators, reason, landing)
                .onSuccess(reply -> {
                    if (reply instanceof LookupReply.Failed failed && failed.failure().isOfAll(question)) {
                        flight.landFailed(FlightFailure.write(failed.failure()));
                    } else if (landing.shared == null) {
                        flight.abandon();
                    } else {
                        Awaited.here(vertx, landing.shared).timeout(SHARING.toMillis(), TimeUnit.MILLISECONDS)
                                .onSuccess(done -> flight.landStored())
                                .onFailure(lost -> flight.abandon());
                    }
                })
                .onFailure(broken -> flight.abandon());
    }

    /** What becomes of the answer of a flight's call. */
    private static final class Landing {
        private final Flight flight;
        private Future<Void> shared;

        /**
         * A landing that is still to come.
         *
         * @param flight null where the call is this node's own affair
         */
        Landing(Flight flight) {
            this.flight = flight;
        }

        /**
         * When an answer counts as fetched. One whose flight lost its lease may be older than what another node fetched
         * meanwhile, however late it arrives: it is no newer than its call.
         */
        Instant fetchedAt(Instant begun, Instant receivedAt) {
            return flight == null || flight.isHeld() ? receivedAt : begun;
        }
    }

    /**
     * What a request makes of a reply that was brought about by another one.
     *
     * @param left how often it may wait for yet another one
     */
    private Future<LookupReply> shared(LookupReply reply, LookupRequest question, int left) {
        if (reply instanceof LookupReply.Fetched fetched) {
            if (!fetched.stored() && left > 0
                    && invalidations.cover(fetched.entry().answer().entry(), Instant.EPOCH)) {
                // It was asked for before an invalidation, after which this question may have come.
                return sharedCall(question, null, Validators.NONE, fetched.reason(), left - 1);
            }
            return Future.succeededFuture(new LookupReply.Fetched(
                    fetched.entry(), fetched.reason(), fetched.revalidated(), fetched.stored(), true, 0));
        }
        if (reply instanceof LookupReply.Failed failed) {
            if (!failed.failure().isAlsoOf(question) && left > 0) {
                // This one may fare better, and the others who waited share its call.
                return sharedCall(question, null, Validators.NONE, failed.reason(), left - 1);
            }
            return Future.succeededFuture(new LookupReply.Failed(failed.failure(), failed.reason(), true));
        }
        if (reply instanceof LookupReply.StaleOnError stale) {
            return Future.succeededFuture(
                    new LookupReply.StaleOnError(stale.entry(), stale.failure(), stale.reason(), true));
        }
        if (reply instanceof LookupReply.Streaming streaming) {
            // A stream has one reader.
            return call(question, null, Validators.NONE, streaming.reason());
        }
        return Future.succeededFuture(reply);
    }

    private Future<LookupReply> call(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason) {
        return call(question, kept, validators, reason, new Landing(null));
    }

    private Future<LookupReply> call(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason, Landing landing) {
        UpstreamRequest request = new UpstreamRequest(
                question.request(), validators, question.consumerKey(), question.keyId(), question.background(),
                question.trace());
        Since begun = invalidations.since(clock.instant());
        return upstream.apply(request).map(reply -> outcome(question, kept, reason, begun, reply, landing));
    }

    private LookupReply outcome(
            LookupRequest question,
            StoredAnswer kept,
            ForwardReason reason,
            Since begun,
            UpstreamReply reply,
            Landing landing) {
        if (reply instanceof UpstreamReply.Answered answered) {
            return fetched(question, reason, begun, answered, landing);
        }
        if (reply instanceof UpstreamReply.NotModified confirmed) {
            return confirmed(question, kept, reason, begun, confirmed.receivedAt(), landing);
        }
        if (reply instanceof UpstreamReply.Streaming streaming) {
            return new LookupReply.Streaming(
                    streaming.status(), streaming.headers(), streaming.length(), streaming.body(), reason,
                    streaming.costMicros());
        }
        return new LookupReply.Failed(((UpstreamReply.Failed) reply).failure(), reason, false);
    }

    private LookupReply fetched(
            LookupRequest question,
            ForwardReason reason,
            Since begun,
            UpstreamReply.Answered answered,
            Landing landing) {
        Buffer body = answered.body();
        Instant fetchedAt = landing.fetchedAt(begun.at(), answered.receivedAt());
        boolean negative = CachePolicy.isNegative(
                answered.status(), body.getBytes(0, Math.min(NEGATIVE_PEEK, body.length())));
        Duration lifetime = lifetime(question, negative);
        Entry entry = new Entry(
                question.request().key(),
                question.request().endpoint().name(),
                question.request().canonicalJson(),
                question.request().upstreamTarget(),
                answered.status(),
                answered.headers(),
                etag(body),
                answered.validators(),
                fetchedAt,
                answered.initialAge(),
                fetchedAt.plus(lifetime));
        StoredAnswer answer = new StoredAnswer(entry, body, null);
        boolean stored = policy.isStorable(
                question.request().endpoint().cacheable(), answered.status(), answered.intact())
                && !question.directives().noStore() && !invalidations.cover(entry, begun);
        NearEntry prepared = stored
                ? keep(answer, landing, question.background()
                        ? new CacheRefreshed(question.asked(), false, true, entry.expiresAt(), answered.costMicros())
                        : new CacheStored(
                                question.asked(), reason.token(), answered.status(), body.length(), entry.expiresAt(),
                                answered.costMicros()))
                : new NearEntry(answer);
        return new LookupReply.Fetched(prepared, reason, false, stored, false, answered.costMicros());
    }

    private LookupReply confirmed(
            LookupRequest question,
            StoredAnswer kept,
            ForwardReason reason,
            Since begun,
            Instant receivedAt,
            Landing landing) {
        Instant confirmedAt = landing.fetchedAt(begun.at(), receivedAt);
        boolean negative = CachePolicy.isNegative(
                kept.entry().status(), kept.body().getBytes(0, Math.min(NEGATIVE_PEEK, kept.body().length())));
        Entry renewed = kept.entry().renewed(
                question.request(), confirmedAt, confirmedAt.plus(lifetime(question, negative)));
        StoredAnswer answer = new StoredAnswer(renewed, kept.body(), kept.gzip());
        boolean stored = !invalidations.cover(renewed, begun);
        NearEntry prepared = stored
                ? keep(answer, landing, new CacheRefreshed(
                        question.asked(), true, question.background(), renewed.expiresAt(), 0))
                : new NearEntry(answer);
        return new LookupReply.Fetched(prepared, reason, true, stored, false, 0);
    }

    private Duration lifetime(LookupRequest question, boolean negative) {
        return policy.lifetime(question.request().endpoint().ttl(), question.directives().ttlOverride(), negative);
    }

    /**
     * Keeps an answer in all tiers, at once, so that it is found from now on. Its compressed form is made once who waits
     * has the answer: on a machine with few cores the worker would get in its way. Then both are kept in its place.
     */
    private NearEntry keep(StoredAnswer answer, Landing landing, Event event) {
        landing.shared = tiers.share(answer, events.message(event));
        NearEntry prepared = near.put(answer);
        if (answer.gzip() == null && compression.pays(answer.body())) {
            vertx.timer(AFTER_THE_ANSWER_MILLIS).compose(later -> compression.compress(answer)).onSuccess(compressed -> {
                // Only where nothing newer has come, and nothing was invalidated, while it was made.
                if (compressed.gzip() != null && near.replace(answer, compressed)) {
                    tiers.put(compressed);
                }
            });
        }
        return prepared;
    }

    private static String etag(Buffer body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            byte[] start = new byte[ETAG_BYTES];
            System.arraycopy(digest, 0, start, 0, ETAG_BYTES);
            return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(start) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

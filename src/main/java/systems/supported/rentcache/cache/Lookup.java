package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import systems.supported.rentcache.cache.CacheDecision.Fetch;
import systems.supported.rentcache.cache.CacheDecision.Hit;
import systems.supported.rentcache.cache.CacheDecision.Revalidate;
import systems.supported.rentcache.catalog.CacheKey;

/**
 * The way of a question behind the near tier: tier, decision, upstream, storing.
 *
 * <p>Requests for one question share one look-up and one upstream call. A call's answer is in the near tier, and in the
 * tier's write queue, before the call stops being joinable: no request can fall into a gap between them and pay again.
 *
 * <p>Confined to one event loop.
 */
final class Lookup {
    /** The most of a body that has to be read to see that it is an empty list. */
    private static final int NEGATIVE_PEEK = 16;
    private static final int ETAG_BYTES = 16;

    private final NearCache near;
    private final Tier tier;
    private final CachePolicy policy;
    private final Function<UpstreamRequest, Future<UpstreamReply>> upstream;
    private final Compression compression;
    private final InstantSource clock;
    private final SingleFlight<CacheKey, LookupReply> lookups = new SingleFlight<>();
    private final SingleFlight<CacheKey, LookupReply> calls = new SingleFlight<>();

    Lookup(
            NearCache near,
            Tier tier,
            CachePolicy policy,
            Function<UpstreamRequest, Future<UpstreamReply>> upstream,
            Compression compression,
            InstantSource clock) {
        this.near = near;
        this.tier = tier;
        this.policy = policy;
        this.upstream = upstream;
        this.compression = compression;
        this.clock = clock;
    }

    /** Answers a question; the future fails only where the program is wrong. */
    Future<LookupReply> answer(LookupRequest question) {
        CacheKey key = question.request().key();
        if (!question.request().endpoint().cacheable()) {
            return call(question, null, Validators.NONE, ForwardReason.BYPASS);
        }
        if (question.forceRefresh()) {
            return sharedCall(question, null, Validators.NONE, ForwardReason.REQUEST);
        }
        NearEntry kept = near.get(key);
        if (kept != null && decide(kept.answer(), question) instanceof Hit) {
            return Future.succeededFuture(new LookupReply.Found(kept, "near"));
        }
        Future<LookupReply> joined = lookups.joinable(key);
        if (joined != null) {
            return joined.compose(reply -> shared(reply, question));
        }
        return lookups.begin(key, () -> tier.get(key)
                .otherwise(Optional.empty())
                .compose(found -> proceed(question, found.orElse(kept == null ? null : kept.answer()))));
    }

    private Future<LookupReply> proceed(LookupRequest question, StoredAnswer kept) {
        CacheDecision decision = decide(kept, question);
        if (decision instanceof Hit) {
            return Future.succeededFuture(new LookupReply.Found(near.put(kept), tier.name()));
        }
        if (decision instanceof Revalidate revalidate) {
            return sharedCall(question, kept, revalidate.validators(), ForwardReason.STALE);
        }
        return sharedCall(question, kept, Validators.NONE, ((Fetch) decision).reason());
    }

    private CacheDecision decide(StoredAnswer kept, LookupRequest question) {
        return CacheDecision.decide(
                kept == null ? null : kept.entry(), question.request().endpoint().cacheable(),
                question.forceRefresh(), clock.instant());
    }

    private Future<LookupReply> sharedCall(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason) {
        CacheKey key = question.request().key();
        Future<LookupReply> joined = calls.joinable(key);
        if (joined != null) {
            return joined.compose(reply -> shared(reply, question));
        }
        return calls.begin(key, () -> call(question, kept, validators, reason));
    }

    /** What a request makes of a reply that was brought about by another one. */
    private Future<LookupReply> shared(LookupReply reply, LookupRequest question) {
        if (reply instanceof LookupReply.Fetched fetched) {
            return Future.succeededFuture(new LookupReply.Fetched(
                    fetched.entry(), fetched.reason(), fetched.revalidated(), fetched.stored(), true, 0));
        }
        if (reply instanceof LookupReply.Failed failed) {
            return Future.succeededFuture(new LookupReply.Failed(failed.failure(), failed.reason(), true));
        }
        if (reply instanceof LookupReply.Streaming streaming) {
            // A stream has one reader.
            return call(question, null, Validators.NONE, streaming.reason());
        }
        return Future.succeededFuture(reply);
    }

    private Future<LookupReply> call(
            LookupRequest question, StoredAnswer kept, Validators validators, ForwardReason reason) {
        UpstreamRequest request = new UpstreamRequest(question.request(), validators, question.consumerKey());
        return upstream.apply(request).map(reply -> outcome(question, kept, reason, reply));
    }

    private LookupReply outcome(
            LookupRequest question, StoredAnswer kept, ForwardReason reason, UpstreamReply reply) {
        if (reply instanceof UpstreamReply.Answered answered) {
            return fetched(question, reason, answered);
        }
        if (reply instanceof UpstreamReply.NotModified confirmed) {
            return confirmed(question, kept, reason, confirmed.receivedAt());
        }
        if (reply instanceof UpstreamReply.Streaming streaming) {
            return new LookupReply.Streaming(
                    streaming.status(), streaming.headers(), streaming.length(), streaming.body(), reason,
                    streaming.costMicros());
        }
        return new LookupReply.Failed(((UpstreamReply.Failed) reply).failure(), reason, false);
    }

    private LookupReply fetched(LookupRequest question, ForwardReason reason, UpstreamReply.Answered answered) {
        Buffer body = answered.body();
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
                answered.receivedAt(),
                answered.initialAge(),
                answered.receivedAt().plus(lifetime));
        StoredAnswer answer = new StoredAnswer(entry, body, null);
        boolean stored = policy.isStorable(
                question.request().endpoint().cacheable(), answered.status(), answered.intact());
        NearEntry prepared = stored ? keep(answer) : new NearEntry(answer);
        return new LookupReply.Fetched(prepared, reason, false, stored, false, answered.costMicros());
    }

    private LookupReply confirmed(
            LookupRequest question, StoredAnswer kept, ForwardReason reason, Instant confirmedAt) {
        boolean negative = CachePolicy.isNegative(
                kept.entry().status(), kept.body().getBytes(0, Math.min(NEGATIVE_PEEK, kept.body().length())));
        Entry renewed = kept.entry().renewed(confirmedAt, confirmedAt.plus(lifetime(question, negative)));
        StoredAnswer answer = new StoredAnswer(renewed, kept.body(), kept.gzip());
        return new LookupReply.Fetched(keep(answer), reason, true, true, false, 0);
    }

    private Duration lifetime(LookupRequest question, boolean negative) {
        return policy.lifetime(question.request().endpoint().ttl(), question.ttlOverride(), negative);
    }

    /**
     * Keeps an answer in all tiers, at once, so that it is found from now on; when its compressed form is made, both
     * are kept in its place. The second write costs little: there are no more of them than calls to the upstream.
     */
    private NearEntry keep(StoredAnswer answer) {
        tier.put(answer);
        if (answer.gzip() == null && compression.pays(answer.body())) {
            compression.compress(answer).onSuccess(compressed -> {
                if (compressed.gzip() != null) {
                    near.replace(answer, compressed);
                    tier.put(compressed);
                }
            });
        }
        return near.put(answer);
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

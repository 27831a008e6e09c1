package systems.supported.rentcache.cache;

import java.util.List;

/** What came of a look-up. */
public sealed interface LookupReply {
    /**
     * A kept answer that answers the request as it is.
     *
     * @param entry    the answer
     * @param tier     where it was found
     * @param decision by which it is given: a {@link CacheDecision.Hit} or a {@link CacheDecision.HitStale}
     */
    record Found(NearEntry entry, String tier, CacheDecision decision) implements LookupReply {
    }

    /**
     * A kept answer that is given because the upstream failed.
     *
     * @param entry     the answer
     * @param failure   what happened
     * @param reason    why the upstream was asked
     * @param collapsed whether the call was made for another request
     */
    record StaleOnError(NearEntry entry, UpstreamFailure failure, ForwardReason reason, boolean collapsed)
            implements LookupReply {
    }

    /** Nothing that is kept answers the request, and it does not want the upstream to be asked. */
    record OnlyIfCachedMiss() implements LookupReply {
    }

    /**
     * The upstream was asked and gave a whole answer, or confirmed the one that was kept.
     *
     * @param entry       the answer
     * @param reason      why the upstream was asked
     * @param revalidated whether a kept answer was confirmed
     * @param stored      whether the answer is kept now
     * @param collapsed   whether the call was made for another request
     * @param costMicros  what the call cost this request, in micro-dollars: nothing where it was made for another
     */
    record Fetched(
            NearEntry entry,
            ForwardReason reason,
            boolean revalidated,
            boolean stored,
            boolean collapsed,
            long costMicros) implements LookupReply {
    }

    /**
     * The upstream was asked and its answer is too large to be held.
     *
     * @param status     its status
     * @param headers    its headers
     * @param length     its announced length in bytes, or -1
     * @param body       its body; whoever receives this either takes or abandons it
     * @param reason     why the upstream was asked
     * @param costMicros what it cost, in micro-dollars
     */
    record Streaming(
            int status, List<Header> headers, long length, BodyRelay body, ForwardReason reason, long costMicros)
            implements LookupReply {
    }

    /**
     * There is no answer.
     *
     * @param failure   why
     * @param reason    why the upstream was asked
     * @param collapsed whether the call was made for another request
     */
    record Failed(UpstreamFailure failure, ForwardReason reason, boolean collapsed) implements LookupReply {
    }
}

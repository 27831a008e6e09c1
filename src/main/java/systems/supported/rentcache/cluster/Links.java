package systems.supported.rentcache.cluster;

import java.time.Duration;
import java.time.InstantSource;
import systems.supported.rentcache.cache.QuestionWire;
import systems.supported.rentcache.cache.ReplyWire;
import systems.supported.rentcache.ops.Metrics;

/**
 * What a node needs to ask others and to be asked. All of it is thread-safe.
 *
 * @param nodes           who is there
 * @param calls           asks them
 * @param questions       questions as messages
 * @param replies         replies as messages
 * @param lookupTimeout   how long a look-up may take
 * @param upstreamTimeout how long a call upstream may take, with its waiting and its retries
 * @param clock           the time of all decisions
 * @param metrics         where it is counted what others were asked
 */
public record Links(
        LiveNodes nodes,
        NodeCalls calls,
        QuestionWire questions,
        ReplyWire replies,
        Duration lookupTimeout,
        Duration upstreamTimeout,
        InstantSource clock,
        Metrics metrics) {
}

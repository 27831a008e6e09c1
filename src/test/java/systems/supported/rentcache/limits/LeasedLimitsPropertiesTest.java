package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import systems.supported.rentcache.limits.LeaseAnswer.Grant;
import systems.supported.rentcache.limits.Quota.Period;
import systems.supported.rentcache.limits.Quota.Usage;
import systems.supported.rentcache.limits.SlidingWindow.Count;

/** What several nodes that lease of one store admit together, whatever gets lost on the way. */
class LeasedLimitsPropertiesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = 600 * SECOND;
    private static final long LEASE = 2 * SECOND;
    private static final int NODES = 3;
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Period PERIOD = Period.at(NOON, ZoneOffset.UTC);
    private static final SlidingWindow WINDOW = SlidingWindow.of(Rate.parse("200/minute"));
    private static final TokenBucket BUCKET = TokenBucket.of(Rate.parse("100/minute"));
    private static final LimitPolicy POLICY =
            new LimitPolicy(WINDOW, List.of(BUCKET), Quota.UNLIMITED, Quota.UNLIMITED);

    /** Grants what there is, and takes back what it is given. */
    private static final class Store {
        private Count count = Count.NONE;
        private long bucket;

        LeaseAnswer answer(LeaseAsk ask, long now) {
            count = WINDOW.giveBack(count, ask.window().returnedIndex() * 60 * SECOND, ask.window().returned());
            bucket = BUCKET.giveBack(bucket, ask.bucket().returned());
            long ofWindow = 0;
            for (Count next = WINDOW.take(count, now, 1); next != null && ofWindow < ask.window().want(); ofWindow++) {
                count = next;
                next = WINDOW.take(count, now, 1);
            }
            long ofBucket = 0;
            while (ofBucket < ask.bucket().want() && BUCKET.take(bucket, now, 1) != TokenBucket.REFUSED) {
                bucket = BUCKET.take(bucket, now, 1);
                ofBucket++;
            }
            return new LeaseAnswer("one", now / 1_000, 0,
                    new Grant(ofWindow, WINDOW.remaining(count, now), WINDOW.retryAfter(count, now, 1) / 1_000, 0),
                    now / (60 * SECOND),
                    new Grant(ofBucket, BUCKET.remaining(bucket, now), BUCKET.retryAfter(bucket, now, 1) / 1_000, 0));
        }
    }

    /** A node, and when it admitted the request that it may give back. */
    private static final class Node {
        private final LeasedLimits limits = new LeasedLimits(1);
        private final KeyLimits quotas = new KeyLimits(1, Usage.NONE, limits, 1, new ArrayDeque<>(), new ArrayDeque<>());
        private long admittedAt;

        boolean admits(Store store, long now) {
            limits.count(POLICY, 0, now);
            Admission admission = limits.admit(POLICY, 0, quotas, PERIOD, NOON.toEpochMilli(), now);
            if (admission == null) {
                hear(store, limits.ask(POLICY, 0, NODES, now), now);
                admission = limits.admit(POLICY, 0, quotas, PERIOD, NOON.toEpochMilli(), now);
            }
            return admission != null && admission.admitted();
        }

        void hear(Store store, LeaseAsk ask, long now) {
            if (ask != null) {
                limits.received(ask, store.answer(ask, now), now, LEASE, now);
            }
        }
    }

    @Property
    void allNodesTogetherNeverPassTheLimits(@ForAll @Size(max = 200) List<@IntRange(max = 41) Integer> steps) {
        Store store = new Store();
        Node[] nodes = {new Node(), new Node(), new Node()};
        Map<Long, Long> admitted = new HashMap<>();
        long now = BEGIN;
        for (int step : steps) {
            Node node = nodes[step % NODES];
            switch (step / NODES) {
                case 0, 1 -> now += SECOND / 5;
                case 2 -> now += 7 * SECOND;
                case 3 -> {
                    LeaseAsk unheard = node.limits.ask(POLICY, 0, NODES, now);
                    node.limits.unanswered(unheard);
                }
                case 4 -> {
                    LeaseAsk heard = node.limits.ask(POLICY, 0, NODES, now);
                    store.answer(heard, now);
                    node.limits.unanswered(heard);
                }
                case 5 -> {
                    node.limits.end();
                    node.hear(store, node.limits.tell(POLICY, now), now);
                }
                case 6 -> node.hear(store, node.limits.tell(POLICY, now), now);
                case 7 -> {
                    if (node.admittedAt > 0) {
                        node.limits.giveBack(POLICY, 0, node.admittedAt / 1_000, now);
                        admitted.merge(node.admittedAt / (60 * SECOND), -1L, Long::sum);
                        node.admittedAt = 0;
                    }
                }
                default -> {
                    for (int i = 0; i < 10; i++) {
                        if (node.admits(store, now)) {
                            node.admittedAt = now;
                            admitted.merge(now / (60 * SECOND), 1L, Long::sum);
                        }
                    }
                }
            }
            assertThat(admitted.values()).allSatisfy(inWindow -> assertThat(inWindow).isLessThanOrEqualTo(200));
            long all = admitted.values().stream().mapToLong(Long::longValue).sum();
            assertThat(all).isLessThanOrEqualTo(100 + (now - BEGIN) / BUCKET.intervalNanos());
        }
    }
}

package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import systems.supported.rentcache.analytics.CacheResult;
import systems.supported.rentcache.analytics.UsageRecord;
import systems.supported.rentcache.analytics.UsageRing;
import systems.supported.rentcache.cache.LookupReply;
import systems.supported.rentcache.cache.LookupRequest;
import systems.supported.rentcache.cache.UnawaitedReply;
import systems.supported.rentcache.events.Addresses;

/** Records what calls cost for which no request waits, so that the bill is in the usage. Confined to one event loop. */
public final class UnawaitedVerticle extends VerticleBase {
    private static final int GET_OK = 200;

    private final boolean recordsUsage;
    private final InstantSource clock;
    private UsageRing usage;

    /**
     * The verticle of a node.
     *
     * @param recordsUsage whether usage is recorded
     */
    public UnawaitedVerticle(boolean recordsUsage, InstantSource clock) {
        this.recordsUsage = recordsUsage;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        usage = new UsageRing(vertx, recordsUsage, 0);
        return vertx.eventBus().<UnawaitedReply>localConsumer(Addresses.CACHE_UNAWAITED)
                .handler(message -> record(message.body().question(), message.body().reply())).completion();
    }

    @Override
    public Future<?> stop() {
        usage.flush();
        return Future.succeededFuture();
    }

    /** Takes note of what a call cost; nobody reads the body of one that is still coming. */
    private void record(LookupRequest question, LookupReply reply) {
        long cost = 0;
        int status = GET_OK;
        boolean billed = false;
        if (reply instanceof LookupReply.Fetched fetched) {
            cost = fetched.costMicros();
            status = fetched.entry().answer().entry().status();
            billed = !fetched.collapsed() && !fetched.revalidated() && status == GET_OK
                    && fetched.entry().answer().body().length() > 0;
        } else if (reply instanceof LookupReply.Streaming streaming) {
            streaming.body().abandon();
            cost = streaming.costMicros();
            billed = streaming.status() == GET_OK;
        } else if (reply instanceof LookupReply.Failed failed && !failed.collapsed()) {
            cost = failed.failure().costMicros();
            status = failed.failure().status();
        }
        if (billed || cost > 0) {
            usage.add(new UsageRecord(
                    clock.millis(), question.keyId(), question.request().endpoint().name(), "GET", status, 0,
                    CacheResult.REFRESHED, null, null, cost, 0, 1, 0, question.request().key(), null));
        }
    }
}

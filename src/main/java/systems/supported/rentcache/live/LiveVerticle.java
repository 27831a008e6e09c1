package systems.supported.rentcache.live;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import systems.supported.rentcache.analytics.UsageBatch;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.Event;
import systems.supported.rentcache.ops.Metrics;

/**
 * Counts what the usage records tell, takes the figures once a second, and feeds them and the events to those who watch.
 * In a cluster the events are those of all nodes, each told once. One instance for a process; confined to its event loop.
 */
public final class LiveVerticle extends VerticleBase {
    private static final long TICK_MILLIS = 1_000;
    private static final String CALLS = "upstream.api.calls";

    private final NowFigures figures;
    private final LiveFeed feed;
    private final Metrics metrics;
    private final InstantSource clock;
    private final RequestFigures requests = new RequestFigures();
    private double callsBefore;
    private long sampledAt;

    /** The verticle that fills figures and a feed. */
    public LiveVerticle(NowFigures figures, LiveFeed feed, Metrics metrics, InstantSource clock) {
        this.figures = figures;
        this.feed = feed;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        sampledAt = System.nanoTime();
        vertx.setPeriodic(TICK_MILLIS, timer -> tick());
        List<Future<?>> hearing = new ArrayList<>();
        hearing.add(vertx.eventBus().<UsageBatch>localConsumer(Addresses.ANALYTICS_USAGE)
                .handler(this::count).completion());
        for (String address : Event.ADDRESSES) {
            String name = Event.name(address);
            // Of what every node says, this one's word is enough; the others' does not come here.
            MessageConsumer<JsonObject> consumer = Event.OF_EACH_NODE.contains(address)
                    ? vertx.eventBus().localConsumer(address) : vertx.eventBus().consumer(address);
            hearing.add(consumer.handler(message -> feed.tell(name, message.body())).completion());
        }
        return Future.all(hearing);
    }

    private void count(Message<UsageBatch> message) {
        UsageBatch batch = message.body();
        for (int i = 0; i < batch.count(); i++) {
            requests.add(batch.records()[i]);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        double calls = metrics.sum(CALLS);
        double perSecond = (calls - callsBefore) * TimeUnit.SECONDS.toNanos(1) / Math.max(1, now - sampledAt);
        callsBefore = calls;
        sampledAt = now;
        figures.sample(requests.at(clock.millis()), Math.round(perSecond * 10) / 10.0);
        feed.tellNow();
    }
}

package systems.supported.rentcache.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cache.ConsumerKey;
import systems.supported.rentcache.cache.UpstreamFailure.Kind;
import systems.supported.rentcache.cache.UpstreamReply;
import systems.supported.rentcache.cache.UpstreamRequest;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.coordination.BudgetLedger;
import systems.supported.rentcache.coordination.BudgetStore;
import systems.supported.rentcache.coordination.BudgetTerms;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.events.LocalMessages;
import systems.supported.rentcache.events.EventPublisher;
import systems.supported.rentcache.limits.BudgetCap;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.sandbox.Faults;
import systems.supported.rentcache.sandbox.SandboxOptions;
import systems.supported.rentcache.sandbox.SandboxServer;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** Calls at a pace so slow that the time for one may run out. */
class UpstreamFetchVerticleTest {
    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final Duration MOST = Duration.ofSeconds(15);

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private Database database;
    private SandboxServer rentcast;
    private Catalog catalog;
    private int questions;

    @BeforeEach
    void start() throws SettingsException {
        catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true);
        LocalMessages.register(vertx, UpstreamRequest.class);
        LocalMessages.register(vertx, UpstreamReply.class);
        rentcast = await(SandboxServer.start(vertx, SandboxOptions.standard(0)));
        database = Databases.sqlite(vertx, directory.resolve("budgets.db"));
        await(database.open());
        UpstreamOptions options = new UpstreamOptions(
                URI.create("http://127.0.0.1:" + rentcast.port() + "/v1"),
                List.of(new ConsumerKey(SandboxServer.API_KEY)), Duration.ofSeconds(1), 1, 10, 10, new Rate(1, SLOW),
                100, 1 << 20, 30_000);
        Metrics metrics = new Metrics();
        InstantSource clock = InstantSource.system();
        BudgetLedger ledger = new BudgetLedger(
                vertx, new BudgetStore(database),
                new BudgetTerms(new Plan(0, 0, 30_000), 1, ZoneOffset.UTC, BudgetCap.NONE), metrics, clock,
                step -> { });
        await(vertx.deployVerticle(new UpstreamFetchVerticle(
                options, null, ledger, clock, metrics,
                new PartHealth("upstream", "Nothing is fetched.", Duration.ofDays(1), clock),
                new EventPublisher(vertx, "node", clock))));
    }

    @AfterEach
    void stop() {
        await(rentcast.close());
        await(database.close());
        await(vertx.close());
    }

    private Future<UpstreamReply> ask() {
        Resolution.Asked asked = (Resolution.Asked) catalog.resolve(
                "/properties", "zipCode=78244&limit=1&offset=" + questions++, UnknownParameters.PASS);
        return vertx.eventBus().<UpstreamReply>request(
                Addresses.UPSTREAM_FETCH, new UpstreamRequest(asked.request(), Validators.NONE, null, 1, false),
                LocalMessages.within(MOST)).map(reply -> reply.body());
    }

    /** The sandbox makes its data when it is first asked, which may take longer than a call here. */
    private void haveDataMade() {
        // A client that nothing holds is closed by the collector, be it at work or not.
        HttpClient client = vertx.createHttpClient();
        await(client.request(HttpMethod.GET, rentcast.port(), "127.0.0.1", "/v1/properties?zipCode=78244")
                .compose(request -> request.putHeader("X-Api-Key", SandboxServer.API_KEY).send())
                .compose(HttpClientResponse::end));
        await(client.close());
        rentcast.reset();
    }

    @Test
    void aCallThatWouldHardlyBeInTimeIsNotMade() {
        haveDataMade();
        Future<UpstreamReply> first = ask();
        Future<UpstreamReply> second = ask();
        assertThat(await(first)).isInstanceOf(UpstreamReply.Answered.class);
        rentcast.faults(Faults.parse(JsonObject.of("status", 500, "times", 1)));
        // It leaves after 5.1 seconds; again after 10.2 it would have 0.8 of its 11 seconds left.
        assertThat(await(second)).isInstanceOfSatisfying(UpstreamReply.Failed.class,
                failed -> assertThat(failed.failure().kind()).isEqualTo(Kind.QUEUE_FULL));
        assertThat(rentcast.bill().calls()).isEqualTo(2);
    }
}

package systems.supported.rentcache.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.limits.LimitStates;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.peer.PeerAddress;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/** Keys that are asked for, many times at once and while they are forgotten. */
@ExtendWith(VertxExtension.class)
class AuthenticatorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final int TIMES = 100_000;

    /** What a connection keeps of a caller. */
    private record Remembered(Caller caller, long epoch) {
    }

    private volatile Remembered remembered;

    @Test
    void aConnectionThatAsksMeanwhileDoesNotRememberTheForgotten(Vertx vertx, @TempDir Path directory) throws Exception {
        Authenticator authenticator = authenticator(
                Databases.sqlite(vertx, directory.resolve("unused.db")), Rate.UNLIMITED);
        String value = KeyHash.newValue();
        ApiKey key = new ApiKey(7, "guest", KeyHash.of(value), KeyHash.hint(value), Optional.empty(), true,
                EnumSet.allOf(Permission.class), Quota.UNLIMITED, Quota.UNLIMITED, Optional.empty(), Map.of(),
                Quota.Usage.NONE, NOW, null, null);
        authenticator.hold(key);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService connection = Executors.newSingleThreadExecutor();
        try {
            java.util.concurrent.Future<?> asking = connection.submit(() -> {
                while (!done.get()) {
                    long epoch = authenticator.epoch();
                    remembered = new Remembered(caller(authenticator, value), epoch);
                }
            });
            for (int i = 0; i < TIMES; i++) {
                Caller old = caller(authenticator, value);
                authenticator.forget(key.id());
                Remembered kept = remembered;
                assertThat(kept != null && kept.caller() == old && kept.epoch() == authenticator.epoch())
                        .as("forgotten caller is believed in, time %d", i).isFalse();
            }
            done.set(true);
            asking.get();
        } finally {
            done.set(true);
            connection.shutdown();
        }
    }

    @Test
    void moreKeysThanAreRememberedAreAcceptedAndForgotten(Vertx vertx, @TempDir Path directory) throws Exception {
        Database database = Databases.sqlite(vertx, directory.resolve("keys.db"));
        await(database.open());
        SqlApiKeyStore store = new SqlApiKeyStore(database);
        List<String> values = Stream.generate(KeyHash::newValue).limit(1_100).toList();
        List<ApiKey> created = create(store, values);
        Authenticator authenticator = authenticator(database, Rate.UNLIMITED);
        await(authenticator.preload());
        for (int round = 0; round < 2; round++) {
            values.forEach(value -> assertThat(verified(authenticator, value)).isInstanceOf(Authentication.Accepted.class));
        }
        for (int i = 0; i < values.size(); i += 100) {
            long id = created.get(i).id();
            String later = KeyHash.newValue();
            await(store.rotate(id, later, Duration.ofHours(1), NOW));
            authenticator.forget(id);
            assertThat(List.of(verified(authenticator, values.get(i)), verified(authenticator, later)))
                    .allMatch(Authentication.Accepted.class::isInstance);
            await(store.revoke(id, NOW));
            authenticator.forget(id);
            assertThat(List.of(verified(authenticator, values.get(i)), verified(authenticator, later)))
                    .allMatch(Authentication.Rejected.class::isInstance);
        }
        await(database.close());
    }

    @Test
    void asManyKeysAsAreRememberedWorkWithoutTheStore(Vertx vertx, @TempDir Path directory) throws Exception {
        Database database = Databases.sqlite(vertx, directory.resolve("keys.db"));
        await(database.open());
        List<String> values = Stream.generate(KeyHash::newValue).limit(1_600).toList();
        create(new SqlApiKeyStore(database), values);
        Authenticator authenticator = authenticator(database, Rate.UNLIMITED);
        await(authenticator.preload());
        await(database.close());
        assertThat(values.stream().filter(value -> verified(authenticator, value) instanceof Authentication.Accepted))
                .hasSizeBetween(1_000, 1_024);
    }

    private static List<ApiKey> create(SqlApiKeyStore store, List<String> values) {
        List<Future<ApiKey>> created = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            created.add(store.create(KeySpec.named("guest-" + i), values.get(i), NOW));
        }
        return await(Future.all(created)).list();
    }

    private static Authentication verified(Authenticator authenticator, String value) {
        return await(authenticator.verify(value, new PeerAddress(0, 1)));
    }

    @Test
    void manyWhoComeWithANewKeyAtOnceCostOneLookAndOneGuess(Vertx vertx, @TempDir Path directory) throws Exception {
        Database database = Databases.sqlite(vertx, directory.resolve("keys.db"));
        await(database.open());
        Authenticator authenticator = authenticator(database, Rate.parse("1/hour"));
        String value = KeyHash.newValue();
        await(new SqlApiKeyStore(database).create(KeySpec.named("guest"), value, NOW));
        Promise<Void> all = Promise.promise();
        List<Authentication> told = new CopyOnWriteArrayList<>();
        // Each request has a context of its own, on the event loop of its connection.
        ContextInternal loop = ((VertxInternal) vertx).createEventLoopContext();
        loop.runOnContext(together -> {
            List<Future<Void>> asked = Stream.generate(loop::duplicate).limit(200).map(request -> {
                Promise<Void> answered = Promise.promise();
                request.dispatch(begun -> authenticator.verify(value, new PeerAddress(0, 1)).onSuccess(authentication -> {
                    if (Vertx.currentContext() == request) {
                        told.add(authentication);
                    }
                    answered.complete();
                }));
                return answered.future();
            }).toList();
            Future.all(asked).<Void>mapEmpty().onComplete(all);
        });
        await(all.future());
        assertThat(told).hasSize(200).allMatch(Authentication.Accepted.class::isInstance);
        assertThat(authenticator.throttled()).isZero();
        await(database.close());
    }

    private static Authenticator authenticator(Database database, Rate badKeys) throws SettingsException {
        Catalog catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.UNLIMITED, true);
        InstantSource clock = InstantSource.fixed(NOW);
        return new Authenticator(
                new SqlApiKeyStore(database), new LimitStates(catalog.endpoints().size(), false),
                new LimitPolicies(catalog, Rate.UNLIMITED, false), clock,
                new PartHealth("database", "", Duration.ofSeconds(30), clock), badKeys, 1 << 20);
    }

    private static Caller caller(Authenticator authenticator, String value) {
        return ((Authentication.Accepted) authenticator.verify(value, new PeerAddress(0, 1)).result()).caller();
    }
}

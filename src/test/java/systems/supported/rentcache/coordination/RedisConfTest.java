package systems.supported.rentcache.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.until;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.storage.LocalRedis;

/** The settings for Redis that come with RentCache, in a real Redis, and what is said of them. */
class RedisConfTest {
    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private LocalRedis redis() throws IOException {
        List<String> settings = new ArrayList<>(List.of("dir " + directory));
        Files.readAllLines(Path.of("conf/redis.conf")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(settings::add);
        return LocalRedis.start(vertx, settings.toArray(String[]::new));
    }

    private static String setting(LocalRedis redis, String name) {
        return redis.command(Command.CONFIG, "GET", name).get(name).toString();
    }

    @Test
    void aRealRedisTakesTheSettings() throws IOException {
        try (LocalRedis redis = redis()) {
            assertThat(setting(redis, "maxmemory")).isEqualTo(String.valueOf(512L << 20));
            assertThat(setting(redis, "maxmemory-policy")).isEqualTo("allkeys-lru");
            assertThat(setting(redis, "appendonly")).isEqualTo("yes");
            assertThat(setting(redis, "appendfsync")).isEqualTo("everysec");
            assertThat(setting(redis, "save")).isEqualTo("900 1 300 10 60 10000");
        }
    }

    @Test
    void aRedisThatMayEvictIsWarnedOfOnce() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(EvictionCheck.class);
        logger.addAppender(log);
        try (LocalRedis redis = redis()) {
            SharedLimits shared = new SharedLimits(
                    vertx, redis.client(redis.url(""), Duration.ofSeconds(1), LocalRedis.health()),
                    new NoQuotas(), List.of("properties"), false, System::nanoTime);
            await(shared.start());
            until("it is warned of", () -> !log.list.isEmpty());
            await(shared.stop());
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(0).getFormattedMessage())
                .contains("maxmemory-policy allkeys-lru", "may be granted again", "noeviction");
    }

    @Test
    void whatEvictsNothingIsNotWarnedOf() {
        assertThat(EvictionCheck.warning("# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n")).isNull();
        assertThat(EvictionCheck.warning("maxmemory:536870912\r\nmaxmemory_policy:noeviction\r\n")).isNull();
        assertThat(EvictionCheck.warning("maxmemory:536870912\r\nmaxmemory_policy:volatile-ttl\r\n"))
                .contains("volatile-ttl");
        assertThat(EvictionCheck.warning("")).isNull();
    }
}

package systems.supported.rentcache.cache;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.SqlApiKeyStore;
import systems.supported.rentcache.events.AskedQuestion;
import systems.supported.rentcache.events.CacheStored;
import systems.supported.rentcache.events.EventMessage;
import systems.supported.rentcache.ops.Metrics;
import systems.supported.rentcache.ops.PartHealth;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.Databases;

/**
 * A process that writes answers and keys until it is killed, and says of each when it was told that it is safe.
 *
 * <p>Arguments: {@code sqlite FILE} or {@code postgresql PORT NAME}, and a number that tells it from those before.
 */
final class KillVictim {
    static final int QUESTIONS = 20;

    private KillVictim() {
    }

    /** Runs until it is killed. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        Database database = arguments[0].equals("sqlite")
                ? Databases.sqlite(vertx, Path.of(arguments[1]))
                : Databases.postgresql(vertx, Integer.parseInt(arguments[1]), arguments[2]);
        String run = arguments[arguments.length - 1];
        database.open().onFailure(Throwable::printStackTrace).onSuccess(opened -> {
            SqlTier tier = new SqlTier(vertx, database, new Metrics(), new PartHealth(
                    "cache", "", Duration.ofMinutes(1), InstantSource.system()));
            SqlApiKeyStore keys = new SqlApiKeyStore(database);
            for (int lane = 0; lane < 4; lane++) {
                write(tier, Integer.parseInt(run) * 1_000_000 + lane);
            }
            create(keys, run, 0);
        });
    }

    private static void write(SqlTier tier, int version) {
        StoredAnswer answer = answer(version);
        tier.put(answer, event(version)).onSuccess(safe -> {
            say("answer " + version);
            write(tier, version + 4);
        });
    }

    private static void create(SqlApiKeyStore keys, String run, int number) {
        String name = "key-" + run + "-" + number;
        Future<?> created = keys.create(KeySpec.named(name), "value-of-" + name, Answers.NOW);
        created.onFailure(Throwable::printStackTrace).onSuccess(safe -> {
            say("key " + name);
            create(keys, run, number + 1);
        });
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    /** The event of a version, which is its number of bytes. */
    private static EventMessage event(int version) {
        AskedQuestion asked = new AskedQuestion(0, "properties", "{}", "");
        return EventMessage.of(
                new CacheStored(asked, "uri-miss", 200, version, Answers.NOW, 0), "victim", Answers.NOW);
    }

    /** The answer of a version: all of it follows from the number, so that a mix of two is seen. */
    static StoredAnswer answer(int version) {
        String question = "question-" + version % QUESTIONS;
        Buffer body = Buffer.buffer(("[" + version + "]").repeat(200 + version % 7 * 100));
        return Answers.with(
                question, "properties", Answers.NOW.plusMillis(version),
                List.of(new Header("X-Version", Integer.toString(version))), Validators.NONE, body,
                Answers.gzip(body));
    }
}

package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that open the same new file at the same moment: a server that starts, and commands given meanwhile. */
@ExtendWith(VertxExtension.class)
final class SqliteOpeningTest {
    private static final int PROGRAMS = 4;

    @TempDir
    private Path directory;

    @RepeatedTest(20)
    @Timeout(value = 60, timeUnit = TimeUnit.SECONDS)
    void manyMayMakeTheSameFile(Vertx vertx, VertxTestContext test) {
        List<Database> databases =
                Stream.generate(() -> Databases.sqlite(vertx, directory.resolve("rentcache.db"))).limit(PROGRAMS).toList();
        Future.join(databases.stream().map(Database::open).toList())
                .onComplete(test.succeeding(opened -> test.verify(() -> {
                    assertThat(databases).extracting(Database::schemaChange).extracting(SchemaChange::from)
                            .as("one of them made it").containsOnlyOnce((String) null);
                    Future.join(databases.stream().map(Database::close).toList())
                            .onComplete(test.succeedingThenComplete());
                })));
    }
}

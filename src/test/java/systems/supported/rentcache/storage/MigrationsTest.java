package systems.supported.rentcache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The version that databases are brought to. */
class MigrationsTest {
    /** Else a database that is at the version before would be taken to be up to date. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void theLatestVersionIsThatOfTheLastMigration(String kind) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db", kind))) {
            assertThat(files.map(file -> file.getFileName().toString().replaceAll("V(\\d+)__.*", "$1"))
                    .mapToInt(Integer::parseInt).max()).hasValue(Integer.parseInt(Migrations.LATEST));
        }
    }
}

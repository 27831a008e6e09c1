package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of a database's URL. */
class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource({
        "sqlite:///rel.db, rel.db",
        "sqlite:///./data/rentcache.db, ./data/rentcache.db",
        "sqlite:////var/lib/rentcache.db, /var/lib/rentcache.db",
        "sqlite+aiosqlite:///./rentcache.db, ./rentcache.db",
        "SQLite+PySQLite:////abs/Rent.db, /abs/Rent.db",
        "jdbc:sqlite:some/rentcache.db, some/rentcache.db",
        "jdbc:sqlite:/abs/rentcache.db, /abs/rentcache.db",
    })
    void namesAFile(String text, Path path) throws RefusedException {
        assertThat(DatabaseUrl.parse(text))
                .isEqualTo(new DatabaseUrl(DatabaseUrl.Dialect.SQLITE, path, text))
                .hasToString(text);
    }

    @Test
    void aRelativeFileLiesInTheWorkingDirectory() throws RefusedException {
        Path directory = Path.of("/work");

        assertThat(DatabaseUrl.parse("sqlite:///./data/../r.db").in(directory).path()).isEqualTo(Path.of("/work/r.db"));
        assertThat(DatabaseUrl.parse("sqlite:////abs/r.db").in(directory).path()).isEqualTo(Path.of("/abs/r.db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://u:p@h/d", "postgresql+asyncpg://h/d", "postgres://h/d", "PostgreSQL://h/d",
            "jdbc:postgresql://h/d"})
    void postgresqlIsKnownAndNotSupportedYet(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(RefusedException.class)
                .hasMessage("PostgreSQL is not supported by this version yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+aiosqlite://", ":memory:",
            "jdbc:sqlite:", "jdbc:sqlite::memory:", "sqlite:///file:x?mode=memory"})
    void memoryIsNoPlaceForMoney(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("in memory would forget");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rentcache.db", "sqlite:rentcache.db", "sqlite://host/rentcache.db", "mysql://h/d",
            "sqlite:///data/", "sqlite:///r.db?cache=shared", "sqlite:///file:r.db", "sqlite:///a\u0000b"})
    void nothingElseIsTaken(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aRefusalSaysWhatIsAllowedAndHidesThePassword(@TempDir Path directory) {
        SettingsFixture given =
                new SettingsFixture(directory).environment("DATABASE_URL", "postgresql+asyncpg://u:p@ss@db:5432/rent");

        assertThat(given.problem()).isEqualTo(new SettingsException.Problem(
                "DATABASE_URL", "postgresql+asyncpg://****@db:5432/rent", "environment",
                "PostgreSQL is not supported by this version yet; allowed: sqlite:///PATH"));
    }
}

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
                .isEqualTo(new DatabaseUrl.Sqlite(path, text))
                .hasToString(text);
    }

    @Test
    void aRelativeFileLiesInTheWorkingDirectory() throws RefusedException {
        Path directory = Path.of("/srv");

        assertThat(((DatabaseUrl.Sqlite) DatabaseUrl.parse("sqlite:///./data/../r.db")).in(directory).path())
                .isEqualTo(Path.of("/srv/r.db"));
        assertThat(((DatabaseUrl.Sqlite) DatabaseUrl.parse("sqlite:////abs/r.db")).in(directory).path())
                .isEqualTo(Path.of("/abs/r.db"));
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://u:p@h/d, h, 5432, d, u, p, PREFER",
        "postgresql+asyncpg://u@h:6000/d, h, 6000, d, u, '', PREFER",
        "postgres://h/d, h, 5432, d, postgres, '', PREFER",
        "PostgreSQL://u:p%40s%3As+x@10.0.0.1/d?sslmode=require, 10.0.0.1, 5432, d, u, p@s:s+x, REQUIRE",
        "jdbc:postgresql://u:p@h/d?ssl=true, h, 5432, d, u, p, REQUIRE",
        "postgresql://u:p@h/d?sslmode=verify-full, h, 5432, d, u, p, VERIFY_FULL",
    })
    void namesAServer(
            String text, String host, int port, String database, String user, String password,
            DatabaseUrl.SslMode ssl) throws RefusedException {
        DatabaseUrl url = DatabaseUrl.parse(text);
        assertThat(url).isEqualTo(new DatabaseUrl.Postgresql(
                host, port, database, user, new Secret(password), ssl, url.shown()));
        if (!password.isEmpty()) {
            assertThat(url.toString()).contains(host).doesNotContain(password + "@").contains("****");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://h", "postgresql://h/", "postgresql:///d", "postgresql://h/d/e",
            "postgresql://h:99999/d", "postgresql://u:p@ss@h/d", "postgresql://u:%zz@h/d", "postgresql://h/d?options=-c",
            "postgresql://h/d?sslmode=maybe"})
    void refusesWhatNamesNoServer(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text)).isInstanceOf(RefusedException.class);
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
                "user and password must be percent-encoded; allowed: " + DatabaseUrl.ALLOWED));
    }
}

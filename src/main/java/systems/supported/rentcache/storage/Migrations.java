package systems.supported.rentcache.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;

/** Brings schemas up to date. Where several nodes start at once, one of them does it and the others wait. */
final class Migrations {
    /** The version that all of them lead to. */
    static final String LATEST = "13";
    private static final String DONE = "SELECT version, success FROM flyway_schema_history ORDER BY installed_rank";

    private Migrations() {
    }

    /**
     * Runs the migrations of a folder that were not run yet. Flyway is not asked where they all were: it takes longer to
     * find that out than the rest of a start takes.
     *
     * @return from which version to which that led
     * @throws FlywayException when one fails, or when the schema has one that this version does not know
     */
    static SchemaChange run(DataSource source, String folder) {
        if (isUpToDate(source)) {
            return new SchemaChange(LATEST, LATEST);
        }
        MigrateResult result = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + folder)
                .ignoreMigrationPatterns(new String[0])
                .loggers("slf4j")
                .configuration(Map.of("flyway.reportEnabled", "false"))
                .load()
                .migrate();
        String before = result.initialSchemaVersion == null || result.initialSchemaVersion.isEmpty()
                ? null : result.initialSchemaVersion;
        return new SchemaChange(before, result.migrationsExecuted == 0 ? before : result.targetSchemaVersion);
    }

    private static boolean isUpToDate(DataSource source) {
        try (Connection connection = source.getConnection()) {
            return LATEST.equals(version(connection));
        } catch (SQLException notConnected) {
            throw new FlywayException(notConnected.getMessage(), notConnected);
        }
    }

    /** The version of a schema, or null where that is not certain. */
    private static String version(Connection connection) {
        try (Statement statement = connection.createStatement(); ResultSet done = statement.executeQuery(DONE)) {
            String last = null;
            while (done.next()) {
                if (!done.getBoolean("success")) {
                    return null;
                }
                last = done.getString("version");
            }
            return last;
        } catch (SQLException noSuchTable) {
            return null;
        }
    }

    /** A schema that is another version's, or that a migration left half changed. */
    static DatabaseException unfit(String place, Exception failure) {
        if (String.valueOf(failure.getMessage()).contains("failed migration")) {
            return new DatabaseException(
                    "A migration of the schema of " + place + " ended half way. Restore a backup that is older, or make "
                            + "the database anew, and start again.",
                    true, failure);
        }
        return new DatabaseException(
                "The schema of " + place + " does not fit this version of RentCache (" + firstLine(failure.getMessage())
                        + "). Use the version that wrote it or a newer one.",
                true, failure);
    }

    /** The first line of a message. */
    static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}

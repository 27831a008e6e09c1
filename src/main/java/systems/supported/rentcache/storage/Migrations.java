package systems.supported.rentcache.storage;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;

/** Brings schemas up to date. Where several nodes start at once, one of them does it and the others wait. */
final class Migrations {
    private Migrations() {
    }

    /**
     * Runs the migrations of a folder that were not run yet.
     *
     * @return from which version to which that led
     * @throws FlywayException when one fails, or when the schema has one that this version does not know
     */
    static SchemaChange run(DataSource source, String folder) {
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

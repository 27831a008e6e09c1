package systems.supported.rentcache.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Where the database is.
 *
 * <p>Read from the forms that people have at hand: SQLAlchemy's ({@code sqlite:///relative.db},
 * {@code sqlite:////absolute.db}, with a driver as in {@code sqlite+aiosqlite:///…}) and JDBC's
 * ({@code jdbc:sqlite:path}).
 *
 * @param dialect the kind of database
 * @param path    SQLite's file
 * @param text    the text that was given, fit to be shown
 */
public record DatabaseUrl(Dialect dialect, Path path, String text) {

    /** The kinds of database that this version speaks. */
    public enum Dialect {
        /** One file, embedded. */
        SQLITE
    }

    /** What {@link #parse} takes. */
    static final String ALLOWED = "sqlite:///PATH";

    private static final String JDBC = "jdbc:sqlite:";
    private static final List<String> POSTGRESQL = List.of("postgresql", "postgres", "jdbc:postgresql");
    private static final String IN_MEMORY =
            "a database in memory would forget keys, usage and money at every restart";

    /** Checks that all parts are there. */
    public DatabaseUrl {
        Objects.requireNonNull(dialect, "dialect");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(text, "text");
    }

    /** The same database, with a relative path taken from the given directory. */
    DatabaseUrl in(Path directory) {
        return new DatabaseUrl(dialect, directory.resolve(path).normalize(), text);
    }

    /** Whether the text is a URL that names a file, and so cannot hold a password. */
    static boolean isFile(String text) {
        return text.toLowerCase(Locale.ROOT).matches("(jdbc:)?sqlite[:+].*");
    }

    /**
     * Reads one of the forms above.
     *
     * @throws RefusedException with the reason, when the text names no SQLite file
     */
    static DatabaseUrl parse(String text) throws RefusedException {
        String plain = text.toLowerCase(Locale.ROOT);
        if (POSTGRESQL.stream().anyMatch(scheme -> plain.startsWith(scheme + ":") || plain.startsWith(scheme + "+"))) {
            throw new RefusedException("PostgreSQL is not supported by this version yet");
        }
        if (plain.contains(":memory:") || plain.contains("mode=memory") || plain.equals("sqlite:///")
                || plain.matches("sqlite(\\+[a-z0-9]+)?://") || plain.equals(JDBC)) {
            throw new RefusedException(IN_MEMORY);
        }
        if (plain.indexOf('?') >= 0 || plain.contains("file:")) {
            throw new RefusedException("options in the URL are not supported");
        }
        String file = plain.startsWith(JDBC)
                ? text.substring(JDBC.length())
                : text.replaceFirst("(?i)^sqlite(\\+[a-z0-9]+)?:///", "");
        boolean recognised = file.length() < text.length();
        if (!recognised || file.isBlank() || file.endsWith("/")) {
            throw new RefusedException();
        }
        try {
            return new DatabaseUrl(Dialect.SQLITE, Path.of(file), text);
        } catch (InvalidPathException notAPath) {
            throw new RefusedException();
        }
    }

    /** The text that was given. */
    @Override
    public String toString() {
        return text;
    }
}

package systems.supported.rentcache.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the database is.
 *
 * <p>Read from the forms that people have at hand: SQLAlchemy's ({@code sqlite:///relative.db},
 * {@code sqlite:////absolute.db}, {@code postgresql://user:password@host:5432/database}, with a driver as in
 * {@code sqlite+aiosqlite:///…}) and JDBC's ({@code jdbc:sqlite:path}, {@code jdbc:postgresql://…}).
 */
public sealed interface DatabaseUrl {
    /** What {@link #parse} takes. */
    String ALLOWED = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

    /** The text that was given, fit to be shown: a password is masked. */
    String shown();

    /**
     * One file, embedded.
     *
     * @param path  the file
     * @param shown the text that was given
     */
    record Sqlite(Path path, String shown) implements DatabaseUrl {
        /** The same database, with a relative path taken from the given directory. */
        Sqlite in(Path directory) {
            return new Sqlite(directory.resolve(path).normalize(), shown);
        }

        /** The text that was given. */
        @Override
        public String toString() {
            return shown;
        }
    }

    /**
     * A PostgreSQL server.
     *
     * @param host     its host name or address
     * @param port     its port
     * @param database the database's name
     * @param user     who connects
     * @param password with which password; empty for none
     * @param ssl      how far the connection is secured
     * @param shown    the text that was given, with the password masked
     */
    record Postgresql(
            String host, int port, String database, String user, Secret password, SslMode ssl, String shown)
            implements DatabaseUrl {

        /** The text that was given, with the password masked. */
        @Override
        public String toString() {
            return shown;
        }
    }

    /** How far a connection to PostgreSQL is secured, in libpq's words ({@code sslmode}). */
    enum SslMode {
        /** In the clear. */
        DISABLE,
        /** Encrypted where the server can. */
        PREFER,
        /** Encrypted, whoever answers. */
        REQUIRE,
        /** Encrypted, by a server that a known authority and its own name vouch for. */
        VERIFY_FULL
    }

    /** Whether the text is a URL that names a file, and so cannot hold a password. */
    static boolean isFile(String text) {
        return text.toLowerCase(Locale.ROOT).matches("(jdbc:)?sqlite[:+].*");
    }

    /**
     * Reads one of the forms above.
     *
     * @throws RefusedException with the reason, when the text names no database
     */
    static DatabaseUrl parse(String text) throws RefusedException {
        return text.toLowerCase(Locale.ROOT).matches("(jdbc:)?postgres(ql)?(\\+[a-z0-9]+)?:.*")
                ? Reading.postgresql(text)
                : Reading.sqlite(text);
    }

    /** How the forms are read. */
    final class Reading {
        private static final String JDBC = "jdbc:sqlite:";
        private static final String IN_MEMORY =
                "a database in memory would forget keys, usage and money at every restart";
        private static final int DEFAULT_PORT = 5432;
        private static final int HIGHEST_PORT = 65_535;

        private Reading() {
        }

        private static Sqlite sqlite(String text) throws RefusedException {
            String plain = text.toLowerCase(Locale.ROOT);
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
                return new Sqlite(Path.of(file), text);
            } catch (InvalidPathException notAPath) {
                throw new RefusedException();
            }
        }

        private static Postgresql postgresql(String text) throws RefusedException {
            URI url;
            try {
                url = new URI(text.replaceFirst("(?i)^(jdbc:)?postgres(ql)?(\\+[a-z0-9]+)?:", "postgresql:"));
            } catch (URISyntaxException notAUrl) {
                throw new RefusedException("user and password must be percent-encoded");
            }
            if (url.getHost() == null && text.indexOf('@') >= 0) {
                throw new RefusedException("user and password must be percent-encoded");
            }
            String database = url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
            if (url.getHost() == null || database.isEmpty() || database.contains("/") || url.getPort() > HIGHEST_PORT
                    || url.getRawFragment() != null) {
                throw new RefusedException();
            }
            String[] credentials = Optional.ofNullable(url.getRawUserInfo()).orElse("postgres").split(":", 2);
            return new Postgresql(
                    url.getHost(), url.getPort() < 0 ? DEFAULT_PORT : url.getPort(), database, decoded(credentials[0]),
                    new Secret(credentials.length == 1 ? "" : decoded(credentials[1])), sslMode(url.getRawQuery()),
                    Shown.url(text));
        }

        private static SslMode sslMode(String query) throws RefusedException {
            SslMode mode = SslMode.PREFER;
            for (String option : query == null ? List.<String>of() : List.of(query.split("&"))) {
                String[] pair = option.split("=", 2);
                if (!pair[0].equals("sslmode") && !pair[0].equals("ssl") || pair.length == 1) {
                    throw new RefusedException("of the options in the URL only sslmode is supported");
                }
                mode = switch (pair[1].toLowerCase(Locale.ROOT)) {
                    case "disable", "false" -> SslMode.DISABLE;
                    case "allow", "prefer" -> SslMode.PREFER;
                    case "require", "true" -> SslMode.REQUIRE;
                    case "verify-full", "verify-ca" -> SslMode.VERIFY_FULL;
                    default -> throw new RefusedException("sslmode is disable, prefer, require or verify-full");
                };
            }
            return mode;
        }

        private static String decoded(String text) throws RefusedException {
            try {
                return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException malformed) {
                throw new RefusedException("user and password must be percent-encoded");
            }
        }
    }
}

package systems.supported.rentcache.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is.
 *
 * <ul>
 *   <li>one server: {@code redis://user:password@host:6379/0}, with TLS {@code rediss://…}; user, password, port
 *       (6379) and database number (0) may be left out, as in {@code redis://:password@host};
 *   <li>Redis Cluster: any of its nodes, parted by commas: {@code redis://a:7000,b:7000,c:7000?cluster=true};
 *   <li>Sentinel: the sentinels, and the name of the master that they watch:
 *       {@code redis://:password@a:26379,b:26379,c:26379/0?sentinel=mymaster}.
 * </ul>
 *
 * <p>Of several, each may be a whole URL; user and password of the first then hold for all, and also for what the
 * sentinels name. With {@code ca=FILE} the server's certificate is checked against that PEM file rather than against
 * Java's own list. Special characters in a user or a password are written as {@code %XX}.
 *
 * @param form      what the servers are
 * @param servers   each server's URL, with its database and without user and password
 * @param user      the ACL user, where one is given
 * @param password  the password, where one is given
 * @param master    the name of Sentinel's master; empty in the other forms
 * @param authority the PEM file with the certificates to trust, where one is given
 */
public record RedisUrl(
        Form form,
        List<String> servers,
        Optional<String> user,
        Optional<Secret> password,
        String master,
        Optional<Path> authority) {

    /** What the servers are. */
    public enum Form {
        /** One server. */
        SINGLE,
        /** Nodes of a Redis Cluster. */
        CLUSTER,
        /** Sentinels that know where the master is. */
        SENTINEL
    }

    private static final Pattern URL = Pattern.compile(
            "rediss?://(?:(?<login>[^@/?]*)@)?(?<hosts>[^@/?]+)(?:/(?<database>\\d{0,5}))?(?:\\?(?<options>.*))?",
            Pattern.CASE_INSENSITIVE);
    private static final int PORT = 6_379;
    private static final String YES = "true";

    /** Checks that all parts are there. */
    public RedisUrl {
        servers = List.copyOf(servers);
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(authority, "authority");
    }

    /**
     * Reads a URL of one of the forms above.
     *
     * @throws IllegalArgumentException with the reason, which repeats nothing of the text
     */
    public static RedisUrl of(Secret url) {
        try {
            return parse(url.reveal());
        } catch (RefusedException refused) {
            throw new IllegalArgumentException(
                    refused.getMessage() == null ? "not a redis:// or rediss:// URL" : refused.getMessage());
        }
    }

    /** Reads a URL of one of the forms above, or refuses it. */
    static RedisUrl parse(String text) throws RefusedException {
        Matcher first = URL.matcher(text);
        String scheme = text.regionMatches(true, 0, "rediss:", 0, 7) ? "rediss" : "redis";
        // Of the further URLs the host is enough.
        Matcher url = first.matches() ? first : URL.matcher(
                text.replaceAll("(?i)(/\\d*)?,\\s*" + scheme + "://([^@/?,]*@)?", ","));
        if (!url.matches()) {
            throw new RefusedException();
        }
        Map<String, String> options = options(url.group("options"));
        Form form = form(options);
        int database = database(url.group("database"), options.get("db"));
        if (form == Form.CLUSTER && database != 0) {
            throw new RefusedException("Redis Cluster has no database but 0");
        }
        List<String> servers = new ArrayList<>();
        for (String host : url.group("hosts").split(",", -1)) {
            servers.add(server(scheme, host.strip(), form == Form.CLUSTER ? "" : "/" + database));
        }
        if (form == Form.SINGLE && servers.size() > 1) {
            throw new RefusedException("several servers need ?cluster=true or ?sentinel=NAME");
        }
        String login = url.group("login");
        int colon = login == null ? -1 : login.indexOf(':');
        if (login != null && colon < 0) {
            throw new RefusedException("a user without a password; a password alone is written redis://:PASSWORD@HOST");
        }
        return new RedisUrl(
                form, servers,
                colon < 1 ? Optional.empty() : Optional.of(decoded(login.substring(0, colon))),
                colon < 0 ? Optional.empty() : Optional.of(new Secret(decoded(login.substring(colon + 1)))),
                options.getOrDefault("sentinel", ""),
                authority(options.get("ca")));
    }

    private static Map<String, String> options(String text) throws RefusedException {
        Map<String, String> options = new HashMap<>();
        for (String option : text == null || text.isEmpty() ? new String[0] : text.split("&")) {
            String[] pair = option.split("=", 2);
            if (pair.length < 2 || !List.of("sentinel", "cluster", "ca", "db").contains(pair[0])) {
                throw new RefusedException(
                        "the options of the URL are sentinel=NAME, cluster=true, ca=FILE and db=NUMBER");
            }
            options.put(pair[0], decoded(pair[1]));
        }
        return options;
    }

    private static Form form(Map<String, String> options) throws RefusedException {
        boolean cluster = options.getOrDefault("cluster", "").equalsIgnoreCase(YES);
        boolean sentinel = !options.getOrDefault("sentinel", "").isEmpty();
        if (cluster && sentinel) {
            throw new RefusedException("either cluster=true or sentinel=NAME");
        }
        return cluster ? Form.CLUSTER : sentinel ? Form.SENTINEL : Form.SINGLE;
    }

    private static int database(String path, String option) throws RefusedException {
        String number = path == null || path.isEmpty() ? option : path;
        try {
            return number == null ? 0 : Integer.parseUnsignedInt(number);
        } catch (NumberFormatException notANumber) {
            throw new RefusedException("a database is given by its number");
        }
    }

    private static String server(String scheme, String host, String path) throws RefusedException {
        try {
            URI uri = new URI(scheme + "://" + host);
            if (uri.getHost() == null || uri.getUserInfo() != null || uri.getPort() > 65_535) {
                throw new RefusedException();
            }
            return scheme + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? PORT : uri.getPort()) + path;
        } catch (URISyntaxException notAHost) {
            throw new RefusedException();
        }
    }

    private static Optional<Path> authority(String file) throws RefusedException {
        try {
            return Optional.ofNullable(file).map(Path::of);
        } catch (InvalidPathException notAPath) {
            throw new RefusedException("ca names no file");
        }
    }

    /** Percent signs undone; a plus sign is one. */
    private static String decoded(String text) throws RefusedException {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new RefusedException("special characters in a user or a password are written as %XX");
        }
    }
}

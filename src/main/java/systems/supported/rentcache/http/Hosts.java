package systems.supported.rentcache.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Locale;

/**
 * The names under which the server answers ({@code ALLOWED_HOSTS}): a protection of browsers against pages that make
 * their own name point here. A name without a port stands for all ports, {@code *.example.com} for every name below
 * it, and {@code *} for any.
 */
final class Hosts {
    private final List<String> allowed;
    private final boolean any;

    Hosts(List<String> allowed) {
        this.allowed = allowed;
        this.any = allowed.contains("*");
    }

    /** Whether a request is for a host that is answered for; one that names none is not. */
    boolean isAllowed(HttpServerRequest request) {
        if (any) {
            return true;
        }
        HostAndPort asked = request.authority();
        return asked != null && request.headers().getAll(Headers.HOST).size() <= 1 && allowed.stream().anyMatch(pattern -> fits(pattern, asked));
    }

    private static boolean fits(String pattern, HostAndPort asked) {
        String host = asked.host().toLowerCase(Locale.ROOT);
        int bracket = pattern.lastIndexOf(']');
        int colon = pattern.indexOf(':', Math.max(0, bracket));
        String name = colon < 0 ? pattern : pattern.substring(0, colon);
        boolean port = colon < 0 || pattern.substring(colon + 1).equals(String.valueOf(asked.port()));
        boolean named = name.startsWith("*.")
                ? host.endsWith(name.substring(1)) && host.length() > name.length() - 1
                : host.equals(name);
        return port && named;
    }
}

package systems.supported.rentcache.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place that others connect to.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port the TCP port, 1 to 65535; empty where the one is meant that is usual
 */
public record HostPort(String host, Optional<Integer> port) {
    static final String ALLOWED = "a host name or an IP address, such as 10.0.0.1 or 10.0.0.1:5701 or [::1]:5701";
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?");
    private static final int HIGHEST_PORT = 65_535;

    static HostPort parse(String text) throws RefusedException {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new RefusedException();
        }
        Optional<Integer> port = Optional.ofNullable(form.group(3)).map(Integer::valueOf);
        if (port.isPresent() && (port.get() == 0 || port.get() > HIGHEST_PORT)) {
            throw new RefusedException();
        }
        return new HostPort(form.group(1) != null ? form.group(1) : form.group(2), port);
    }

    /** The host as it is written, an IPv6 address in brackets. */
    String shownHost() {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return port.map(number -> shownHost() + ":" + number).orElseGet(this::shownHost);
    }
}

package systems.supported.rentcache.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;

/**
 * An endpoint's name as written on the command line, where letter case does not matter, nor whether it is written with
 * {@code -} or {@code _}.
 *
 * @param text the name as the catalog writes it
 */
record EndpointName(String text) {
    /** Reads a name. */
    static EndpointName parse(String text) {
        return new EndpointName(text.strip().toLowerCase(Locale.ROOT).replace('-', '_'));
    }

    /**
     * The name, which the catalog has.
     *
     * @throws ParameterException with the names that there are, when this is none of them
     */
    String in(Catalog catalog, CommandLine command) {
        if (catalog.endpoint(text).isEmpty()) {
            throw new ParameterException(command, "There is no endpoint '" + text + "'; allowed: "
                    + catalog.endpoints().stream().map(Endpoint::name).collect(Collectors.joining(", ")));
        }
        return text;
    }
}

package systems.supported.rentcache.http;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * How requests are served.
 *
 * @param host                 the address to listen on
 * @param port                 the port, or 0 for any that is free
 * @param corsOrigins          origins of browsers' pages that may read answers; {@code *} for any
 * @param allowedHosts         accepted values of {@code Host}; {@code *} for any
 * @param idleTimeout          how long a connection may be silent
 * @param maxHeaderBytes       the most for a request's headers together
 * @param maxRequestLineBytes  the most for a request's first line
 * @param maxBodyBytes         the most for a request's body
 * @param shutdownGrace        how long requests in flight may take when the server stops
 * @param lookupTimeout        how long a look-up behind the near tier may take
 * @param zone                 the zone whose calendar quotas go by
 * @param priceMicros          what a billed call costs, in micro-dollars
 * @param consumerPays         whether each consumer's own key pays upstream
 * @param shareAcrossAccounts  whether consumers that pay themselves share answers all the same
 * @param anonymizeAddresses   whether addresses in usage records are anonymised
 */
public record ServingOptions(
        String host,
        int port,
        List<String> corsOrigins,
        List<String> allowedHosts,
        Duration idleTimeout,
        int maxHeaderBytes,
        int maxRequestLineBytes,
        int maxBodyBytes,
        Duration shutdownGrace,
        Duration lookupTimeout,
        ZoneId zone,
        long priceMicros,
        boolean consumerPays,
        boolean shareAcrossAccounts,
        boolean anonymizeAddresses) {
}

package systems.supported.rentcache.cli;

import java.util.Optional;

/**
 * A key's own rate of one endpoint, as written on the command line: {@code value_estimate=30/minute}. A rate alone is
 * that of every endpoint.
 *
 * @param endpoint the endpoint; empty for every one
 * @param rate     the rate
 */
record EndpointRate(Optional<EndpointName> endpoint, RateChoice rate) {
    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when the rate is wrong; the endpoint is not looked at
     */
    static EndpointRate parse(String text) {
        int equals = text.indexOf('=');
        return equals < 0
                ? new EndpointRate(Optional.empty(), RateChoice.parse(text))
                : new EndpointRate(
                        Optional.of(EndpointName.parse(text.substring(0, equals))),
                        RateChoice.parse(text.substring(equals + 1)));
    }
}

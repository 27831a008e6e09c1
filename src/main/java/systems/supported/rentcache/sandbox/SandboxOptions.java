package systems.supported.rentcache.sandbox;

import java.time.InstantSource;
import java.util.Set;

/**
 * How a sandbox is set up.
 *
 * @param port               the TCP port on 127.0.0.1; 0 takes any free one
 * @param apiKeys            the keys that it accepts
 * @param callsPerSecond     calls that each key may make in any second; 0 for as many as it likes
 * @param pricePerCallMicros what a billed call costs, in micro-dollars
 * @param seed               another seed, other properties
 * @param clock              its time, from which the admin path can move it on
 */
public record SandboxOptions(
        int port, Set<String> apiKeys, int callsPerSecond, long pricePerCallMicros, long seed, InstantSource clock) {

    private static final int RENTCASTS_CALLS_PER_SECOND = 20;
    private static final long GROWTH_PLANS_PRICE_MICROS = 30_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is negative
     */
    public SandboxOptions {
        apiKeys = Set.copyOf(apiKeys);
        if (port < 0 || port > 65_535 || callsPerSecond < 0 || pricePerCallMicros < 0) {
            throw new IllegalArgumentException("port, calls per second and price must be in their ranges");
        }
    }

    /** Rentcast's rate, the default key, the system's time. */
    public static SandboxOptions standard(int port) {
        return new SandboxOptions(
                port, Set.of(SandboxServer.API_KEY), RENTCASTS_CALLS_PER_SECOND, GROWTH_PLANS_PRICE_MICROS, 0,
                InstantSource.system());
    }

    /** The same with other keys. */
    public SandboxOptions withApiKeys(Set<String> keys) {
        return new SandboxOptions(port, keys, callsPerSecond, pricePerCallMicros, seed, clock);
    }

    /** The same with another rate; 0 for no limit. */
    public SandboxOptions withCallsPerSecond(int calls) {
        return new SandboxOptions(port, apiKeys, calls, pricePerCallMicros, seed, clock);
    }

    /** The same with another price for a billed call, in micro-dollars. */
    public SandboxOptions withPricePerCallMicros(long micros) {
        return new SandboxOptions(port, apiKeys, callsPerSecond, micros, seed, clock);
    }

    /** The same at another time. */
    public SandboxOptions withClock(InstantSource time) {
        return new SandboxOptions(port, apiKeys, callsPerSecond, pricePerCallMicros, seed, time);
    }
}

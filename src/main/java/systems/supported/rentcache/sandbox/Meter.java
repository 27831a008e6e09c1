package systems.supported.rentcache.sandbox;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts calls and which of them are billed. Thread-safe. */
final class Meter {
    private final Map<Endpoint, Bill.Counts> counts = new EnumMap<>(Endpoint.class);
    private long calls;
    private long billed;

    Meter() {
        reset();
    }

    /** A call came in; {@code endpoint} is null where there is nothing at its path. */
    synchronized void called(Endpoint endpoint) {
        calls++;
        if (endpoint != null) {
            counts.computeIfPresent(endpoint, (same, old) -> new Bill.Counts(old.calls() + 1, old.billed()));
        }
    }

    /** A call of an endpoint is answered with what costs money. */
    synchronized void billed(Endpoint endpoint) {
        billed++;
        counts.computeIfPresent(endpoint, (same, old) -> new Bill.Counts(old.calls(), old.billed() + 1));
    }

    synchronized void reset() {
        calls = 0;
        billed = 0;
        for (Endpoint endpoint : Endpoint.values()) {
            counts.put(endpoint, new Bill.Counts(0, 0));
        }
    }

    synchronized Bill bill(long pricePerCallMicros, int maxPerSecond) {
        Map<String, Bill.Counts> byEndpoint = new LinkedHashMap<>();
        counts.forEach((endpoint, count) -> byEndpoint.put(endpoint.catalogName(), count));
        return new Bill(calls, billed, billed * pricePerCallMicros, maxPerSecond, byEndpoint);
    }
}

package systems.supported.rentcache.analytics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import systems.supported.rentcache.analytics.Rollup.Slot;

/**
 * Sums of minutes that grow record by record. There is a record for each answer, and the event loop that sums may be the
 * one that answers. So what is summed lies side by side in one array: with many keys one look finds it, and no collector
 * looks for references in it or moves what waits to be written among the old objects.
 *
 * <p>Confined to one event loop.
 */
final class MinuteSums {
    private static final int FIRST_ERROR = 400;
    private static final int FIRST_ROWS = 8;
    private static final CacheResult[] RESULTS = CacheResult.values();

    /** Where in a row its numbers are; behind them the counts of latencies, two in each number. */
    private static final int KEY = 0;
    private static final int SLOT = 1;
    private static final int REQUESTS = 2;
    private static final int ERRORS = 3;
    private static final int MICROS = 4;
    private static final int COST = 5;
    private static final int SAVED = 6;
    private static final int PAID_CALLS = 7;
    private static final int UNCACHED_CALLS = 8;
    private static final int LATENCIES = 9;
    private static final int WIDTH = LATENCIES + Latencies.BUCKETS / 2;

    private static final int RESULT_BITS = 4;
    private static final int ENDPOINT_BITS = 16;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Endpoints endpoints;
    private long[] rows = new long[FIRST_ROWS * WIDTH];
    /** By hash which row it is, from 1; 0 where it is none. At least half of it is free. */
    private int[] places = new int[2 * FIRST_ROWS];
    private int size;

    /** The numbers of endpoints' names, for all sums of an event loop. */
    static final class Endpoints {
        private final Map<String, Integer> numbers = new HashMap<>();
        private final List<String> names = new ArrayList<>();

        private int number(String name) {
            Integer known = numbers.get(name);
            if (known == null) {
                known = names.size();
                numbers.put(name, known);
                names.add(name);
            }
            return known;
        }
    }

    MinuteSums(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    /** How many sums there are. */
    int size() {
        return size;
    }

    /**
     * Adds an answer to the sum of its minute, key, endpoint and result.
     *
     * @param most how many sums there may be
     * @return whether there was a sum, or room for one
     */
    boolean add(UsageRecord usage, int most) {
        long slot = slot(usage);
        int place = place(usage.keyId(), slot);
        if (places[place] == 0) {
            if (size >= most) {
                return false;
            }
            place = begin(place, usage.keyId(), slot);
        }
        count(usage, (places[place] - 1) * WIDTH);
        return true;
    }

    private long slot(UsageRecord usage) {
        long minute = Math.floorDiv(usage.millis(), Span.MINUTE.millis());
        long endpoint = endpoints.number(usage.endpoint());
        return (minute << ENDPOINT_BITS | endpoint) << RESULT_BITS | usage.result().ordinal();
    }

    /** Where the row of a slot is found, or is to be put. */
    private int place(long keyId, long slot) {
        int place = hash(keyId, slot);
        while (places[place] != 0 && !isRowOf((places[place] - 1) * WIDTH, keyId, slot)) {
            place = place + 1 & places.length - 1;
        }
        return place;
    }

    private boolean isRowOf(int row, long keyId, long slot) {
        return rows[row + KEY] == keyId && rows[row + SLOT] == slot;
    }

    private int hash(long keyId, long slot) {
        long mixed = (keyId * GOLDEN ^ slot) * GOLDEN;
        return (int) (mixed >>> 32) & places.length - 1;
    }

    private int begin(int free, long keyId, long slot) {
        int place = free;
        if (2 * size == places.length) {
            grow();
            place = place(keyId, slot);
        }
        int row = size * WIDTH;
        rows[row + KEY] = keyId;
        rows[row + SLOT] = slot;
        places[place] = ++size;
        return place;
    }

    private void grow() {
        rows = Arrays.copyOf(rows, 2 * rows.length);
        places = new int[2 * places.length];
        for (int i = 0; i < size; i++) {
            places[place(rows[i * WIDTH + KEY], rows[i * WIDTH + SLOT])] = i + 1;
        }
    }

    private void count(UsageRecord usage, int row) {
        rows[row + REQUESTS]++;
        rows[row + ERRORS] += usage.status() >= FIRST_ERROR ? 1 : 0;
        rows[row + MICROS] += usage.micros();
        rows[row + COST] += usage.costMicros();
        rows[row + SAVED] += usage.savedMicros();
        rows[row + PAID_CALLS] += usage.paidCalls();
        rows[row + UNCACHED_CALLS] += usage.uncachedCalls();
        int bucket = Latencies.bucket(usage.micros());
        rows[row + LATENCIES + bucket / 2] += 1L << shift(bucket);
    }

    private static int shift(int bucket) {
        return bucket % 2 * Integer.SIZE;
    }

    /** Tells all sums, which are no longer kept here. */
    void take(Consumer<Rollup> taker) {
        for (int i = 0; i < size; i++) {
            taker.accept(sum(i * WIDTH));
        }
        Arrays.fill(rows, 0, size * WIDTH, 0);
        Arrays.fill(places, 0);
        size = 0;
    }

    private Rollup sum(int row) {
        long slot = rows[row + SLOT];
        String endpoint = endpoints.names.get((int) (slot >> RESULT_BITS & (1 << ENDPOINT_BITS) - 1));
        CacheResult result = RESULTS[(int) (slot & (1 << RESULT_BITS) - 1)];
        long minute = (slot >> ENDPOINT_BITS + RESULT_BITS) * Span.MINUTE.millis();
        return new Rollup(
                new Slot(minute, rows[row + KEY], endpoint, result), rows[row + REQUESTS], rows[row + ERRORS],
                rows[row + MICROS], rows[row + COST], rows[row + SAVED], rows[row + PAID_CALLS],
                rows[row + UNCACHED_CALLS],
                Latencies.of(bucket -> rows[row + LATENCIES + bucket / 2] >>> shift(bucket) & 0xFFFF_FFFFL));
    }
}

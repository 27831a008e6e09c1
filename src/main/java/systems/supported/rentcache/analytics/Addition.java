package systems.supported.rentcache.analytics;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement that adds sums to those that a table has. Of many keys there are tens of thousands of rows a minute, so
 * values are bound by place, and the buckets of latencies before the first and after the last that any answer is in are
 * left out.
 *
 * @param table  to whose sums is added
 * @param first  the first bucket that is written
 * @param last   the last one; below the first where none is
 */
record Addition(SumTable table, int first, int last) {
    /** The columns that are summed, without the buckets. */
    static final List<String> COUNTS = List.of(
            "requests", "errors", "response_time_us", "cost_micros", "saved_micros", "paid_calls", "uncached_calls");

    /** The statement for some sums, and for others in the same buckets. */
    static Addition of(SumTable table, Collection<Rollup> sums) {
        int first = Latencies.BUCKETS;
        int last = -1;
        for (Rollup sum : sums) {
            for (int bucket = 0; bucket < Latencies.BUCKETS; bucket++) {
                if (sum.latencies().count(bucket) != 0) {
                    first = Math.min(first, bucket);
                    last = Math.max(last, bucket);
                }
            }
        }
        return new Addition(table, first, last);
    }

    /** The statement's text. */
    String sql() {
        List<String> summed = new ArrayList<>(COUNTS);
        IntStream.rangeClosed(first, last).mapToObj(Latencies::column).forEach(summed::add);
        List<String> columns = new ArrayList<>(table.columns());
        columns.addAll(summed);
        return "INSERT INTO " + table.text() + " (" + String.join(", ", columns) + ") VALUES ("
                + IntStream.rangeClosed(1, columns.size()).mapToObj(place -> "$" + place).collect(Collectors.joining(", "))
                + ") ON CONFLICT (" + String.join(", ", table.columns()) + ") DO UPDATE SET "
                + each(summed, column -> column + " = " + table.text() + "." + column + " + excluded." + column);
    }

    private static String each(List<String> columns, UnaryOperator<String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", "));
    }

    /** What is bound for a sum. */
    Tuple values(Rollup sum) {
        List<Object> values = table.values(sum.slot());
        values.add(sum.requests());
        values.add(sum.errors());
        values.add(sum.micros());
        values.add(sum.costMicros());
        values.add(sum.savedMicros());
        values.add(sum.paidCalls());
        values.add(sum.uncachedCalls());
        for (int bucket = first; bucket <= last; bucket++) {
            values.add(sum.latencies().count(bucket));
        }
        return Tuple.wrap(values);
    }
}

package systems.supported.rentcache.transfer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What was moved and what was not, and why not. Confined to one thread. */
public final class Summary {
    private final Map<MovedTable, Long> moved = new LinkedHashMap<>();
    private final Map<Reason, Long> skipped = new LinkedHashMap<>();

    private record Reason(MovedTable table, String text) {
    }

    /** Counts what was moved; 0 says that there was none to move. */
    void moved(MovedTable table, long rows) {
        moved.merge(table, rows, Long::sum);
    }

    /** Counts a row that was not moved. */
    void skipped(MovedTable table, String why) {
        moved(table, 0);
        skipped.merge(new Reason(table, why), 1L, Long::sum);
    }

    /** How many rows were moved of all tables. */
    public long rows() {
        return moved.values().stream().mapToLong(rows -> rows).sum();
    }

    /** All of it, one line for a table and one more for each reason. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        moved.forEach((table, rows) -> {
            lines.add(table.shown() + ": " + rows);
            skipped.forEach((reason, count) -> {
                if (Objects.equals(reason.table, table)) {
                    lines.add("  skipped: " + count + ", " + reason.text);
                }
            });
        });
        return lines;
    }
}

package systems.supported.rentcache.transfer;

import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import systems.supported.rentcache.storage.Database;

/**
 * Writes what a database holds as JSON, one object a line: a header, the rows of the tables, and a line that says that
 * nothing is missing. Bytes are base64, times milliseconds since 1970-01-01T00:00Z, money micro-dollars.
 *
 * <p>Page by page, so the memory needed does not depend on how much there is; what a running server writes meanwhile may
 * or may not be in it, but every row is whole.
 */
public final class Export {
    static final long FORMAT = 1;
    static final String TABLE = "table";
    static final String HEADER = "header";
    static final String KEY_NUMBERS = "key_numbers";
    static final String INVALIDATIONS = "invalidations";
    static final String END = "end";

    private final Source source;
    private final Set<Part> parts;
    private final Progress progress;
    private final Summary summary = new Summary();
    private long rows;

    /** An export of some parts of an open database. */
    public Export(Database database, Set<Part> parts, Progress progress) {
        this.source = new Source(database);
        this.parts = Set.copyOf(parts);
        this.progress = progress;
    }

    /**
     * Writes it; the writer stays open.
     *
     * @param version the product's version
     */
    public Summary run(Writer out, String version, Instant now) throws IOException, TransferException {
        try {
            write(out, header(version, now));
            for (MovedTable table : MovedTable.values()) {
                if (parts.contains(table.part())) {
                    rows(out, table);
                } else if (table == MovedTable.API_KEYS && parts.contains(Part.USAGE)) {
                    keyNumbers(out);
                }
            }
            write(out, line(INVALIDATIONS, "last", source.lastInvalidation()));
            write(out, line(END, "rows", rows));
            out.flush();
            return summary;
        } finally {
            progress.end();
        }
    }

    private Map<String, Object> header(String version, Instant now) throws TransferException {
        Map<String, Object> header = line(HEADER, "format", FORMAT);
        header.put("product", version);
        header.put("exported_at", now.toEpochMilli());
        // Tells this file from every other, so that its usage is not counted twice.
        header.put("file", UUID.randomUUID().toString());
        long expected = 0;
        for (MovedTable table : MovedTable.values()) {
            if (parts.contains(table.part())) {
                expected += source.count(table);
            }
        }
        header.put("rows", expected);
        if (parts.contains(Part.USAGE)) {
            Long[] range = source.usageRange();
            if (range[0] != null) {
                header.put("usage_from", range[0]);
                header.put("usage_until", range[1]);
            }
        }
        progress.begin(expected);
        return header;
    }

    private void rows(Writer out, MovedTable table) throws IOException, TransferException {
        summary.moved(table, 0);
        List<Map<String, Object>> page = source.page(table, null);
        while (!page.isEmpty()) {
            long bytes = 0;
            for (Map<String, Object> row : page) {
                bytes += write(out, row);
            }
            rows += page.size();
            summary.moved(table, page.size());
            progress.moved(page.size(), bytes);
            page = source.page(table, page.get(page.size() - 1));
        }
    }

    /** Usage names keys by their numbers: where the keys themselves are left out, their digests say which they are. */
    private void keyNumbers(Writer out) throws IOException, TransferException {
        List<Map<String, Object>> page = source.page(MovedTable.API_KEYS, null);
        while (!page.isEmpty()) {
            for (Map<String, Object> key : page) {
                Map<String, Object> line = line(KEY_NUMBERS, "id", key.get("id"));
                line.put("key_hash", key.get("key_hash"));
                write(out, line);
            }
            page = source.page(MovedTable.API_KEYS, page.get(page.size() - 1));
        }
    }

    private static Map<String, Object> line(String table, String name, Object value) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TABLE, table);
        line.put(name, value);
        return line;
    }

    private static int write(Writer out, Map<String, Object> row) throws IOException {
        String text = JsonLine.write(row);
        out.write(text);
        out.write('\n');
        return text.length() + 1;
    }
}

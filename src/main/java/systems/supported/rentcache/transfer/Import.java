package systems.supported.rentcache.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import systems.supported.rentcache.storage.Database;
import systems.supported.rentcache.storage.DatabaseException;

/**
 * Reads what {@link Export} writes into a database, whichever kind it is, in transactions of bounded size. What is wrong
 * ends it with the line's number; whole chunks before that line stay.
 *
 * <p>Importing a file again changes nothing: keys are known by their digests, answers by their questions, and of the
 * file's usage the database notes, in the same transactions, up to which line it has it. Usage of another file for a
 * time of which there is usage already is refused, unless it is to be added.
 *
 * <p>Confined to one thread, which it blocks.
 */
public final class Import {
    private static final int CHUNK_ROWS = 500;
    private static final long CHUNK_BYTES = 8L << 20;
    private static final String UNKNOWN_KEY = "of a key that is not in this database";
    private static final String TAKEN_BEFORE = "imported from this file before";

    private final Target target;
    private final Set<Part> parts;
    private final boolean merge;
    private final Progress progress;
    private final Summary summary = new Summary();
    private final Map<Long, Long> keyNumbers = new HashMap<>(Map.of(0L, 0L));
    private final List<Map<String, Object>> chunk = new ArrayList<>();
    private MovedTable chunkTable;
    private long chunkBytes;
    private long lastWritten;
    private long rows;
    private String file;
    private long usageTaken;

    /**
     * An import into an open database.
     *
     * @param parts what is imported of what is in the file
     * @param merge whether usage is added to usage of the same time
     */
    public Import(Database database, Set<Part> parts, boolean merge, Instant now, Progress progress) {
        this.target = new Target(database, summary, now);
        this.parts = Set.copyOf(parts);
        this.merge = merge;
        this.progress = progress;
    }

    /** Reads a file to its end. */
    public Summary run(InputStream in) throws TransferException {
        Lines lines = new Lines(in);
        try {
            begin(line(lines));
            while (!take(lines)) {
                // One line after another.
            }
            if (lines.next() != null) {
                throw new IllegalArgumentException("more follows after the last line");
            }
            return summary;
        } catch (IOException broken) {
            throw wrong(lines, "the file is broken or cut off here (" + broken.getMessage() + ")");
        } catch (IllegalArgumentException unusable) {
            throw wrong(lines, unusable.getMessage());
        } catch (DatabaseException | TransferException known) {
            throw known;
        } catch (Exception refused) {
            throw wrong(lines, "the database refuses what is in the lines up to here (" + refused.getMessage() + ")");
        } finally {
            progress.end();
        }
    }

    private TransferException wrong(Lines lines, String what) {
        return new TransferException("Line " + lines.number() + ": " + what + ". "
                + (lastWritten == 0 ? "Nothing was imported." : "What is in the lines up to " + lastWritten
                        + " was imported; the import can be done again."));
    }

    private Map<String, Object> line(Lines lines) throws IOException {
        byte[] bytes = lines.next();
        if (bytes == null) {
            throw new IllegalArgumentException("the file ends before its last line: it was cut off");
        }
        chunkBytes += bytes.length;
        return JsonLine.read(bytes);
    }

    private void begin(Map<String, Object> header) throws TransferException {
        if (!Export.HEADER.equals(header.get(Export.TABLE))) {
            throw new IllegalArgumentException("this is no file that 'rentcache db export' wrote");
        }
        if (!Long.valueOf(Export.FORMAT).equals(header.get("format"))) {
            throw new IllegalArgumentException("the file is of format " + header.get("format") + ", written by RentCache "
                    + header.get("product") + "; this version reads format " + Export.FORMAT);
        }
        file = String.valueOf(header.get("file"));
        if (parts.contains(Part.USAGE)) {
            boolean hasUsage = header.get("usage_from") != null;
            usageTaken = target.begin(
                    file, hasUsage ? number(header, "usage_from") : null,
                    hasUsage ? number(header, "usage_until") : null, merge);
        }
        progress.begin(header.get("rows") instanceof Long expected ? expected : -1);
    }

    /** Takes a line; says whether it was the last. */
    private boolean take(Lines lines) throws IOException, TransferException {
        Map<String, Object> row = line(lines);
        Optional<MovedTable> table = MovedTable.named(row.get(Export.TABLE));
        if (table.isPresent()) {
            rows++;
            row(table.get(), row, lines.number());
            return false;
        }
        flush(lines.number() - 1);
        Object name = row.get(Export.TABLE);
        if (Export.KEY_NUMBERS.equals(name)) {
            learn(row);
        } else if (Export.INVALIDATIONS.equals(name)) {
            target.invalidations(number(row, "last"));
        } else if (Export.END.equals(name)) {
            if (!Long.valueOf(rows).equals(row.get("rows"))) {
                throw new IllegalArgumentException("the file has " + rows + " rows and should have " + row.get("rows"));
            }
            return true;
        } else {
            throw new IllegalArgumentException("there is no table " + name);
        }
        return false;
    }

    private void row(MovedTable table, Map<String, Object> row, long number) throws TransferException {
        if (table != chunkTable) {
            flush(number - 1);
            chunkTable = table;
        }
        if (parts.contains(table.part())) {
            Map<String, Object> values = target.bindable(table, row);
            RowCheck.check(table, values);
            if (table.part() != Part.USAGE) {
                chunk.add(values);
            } else if (number <= usageTaken) {
                summary.skipped(table, TAKEN_BEFORE);
            } else if (keyNumbers.containsKey((Long) values.get("api_key_id"))) {
                values.put("api_key_id", keyNumbers.get((Long) values.get("api_key_id")));
                chunk.add(values);
            } else {
                summary.skipped(table, UNKNOWN_KEY);
            }
        } else if (table == MovedTable.API_KEYS) {
            learn(row);
        }
        if (chunk.size() >= CHUNK_ROWS || chunkBytes >= CHUNK_BYTES) {
            flush(number);
        }
    }

    /** Which number the key has here that has another in the file. */
    private void learn(Map<String, Object> key) throws TransferException {
        if (parts.contains(Part.USAGE)) {
            Long here = target.keyNumber(String.valueOf(key.get("key_hash")));
            if (here != null) {
                keyNumbers.put(number(key, "id"), here);
            }
        }
    }

    private static Long number(Map<String, Object> row, String name) {
        if (row.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is no whole number");
    }

    private void flush(long until) throws TransferException {
        if (!chunk.isEmpty()) {
            if (chunkTable == MovedTable.API_KEYS) {
                target.keys(chunk);
                for (Map<String, Object> key : chunk) {
                    learn(key);
                }
            } else if (chunkTable == MovedTable.CACHE_ENTRIES) {
                target.answers(chunk);
            } else {
                target.usage(file, usageTaken, until, Map.of(chunkTable, List.copyOf(chunk)));
                usageTaken = until;
            }
            lastWritten = until;
        }
        progress.moved(chunk.size(), chunkBytes);
        chunk.clear();
        chunkBytes = 0;
    }
}

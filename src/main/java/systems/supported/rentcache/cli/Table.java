package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows of text in columns as wide as they need to be. */
final class Table {
    private static final String RIGHT = ">";
    private static final String GAP = "  ";

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> heads) {
        this.heads = heads;
    }

    /** A table with the heads of its columns; one that begins with {@code >} stands to the right, as numbers do. */
    static Table of(String... heads) {
        Table table = new Table(List.of(heads));
        table.rows.add(table.heads.stream().map(head -> head.replaceFirst(RIGHT, "")).toList());
        return table;
    }

    /** Adds a row, as wide as the head. */
    Table row(Object... cells) {
        rows.add(Stream.of(cells).map(String::valueOf).toList());
        return this;
    }

    /** Prints it. */
    void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < heads.size(); column++) {
                String cell = row.get(column);
                String pad = " ".repeat(width(column) - length(cell));
                line.append(column == 0 ? "" : GAP)
                        .append(heads.get(column).startsWith(RIGHT) ? pad + cell : cell + pad);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}

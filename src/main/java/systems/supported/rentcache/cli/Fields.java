package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names with their values, one a line, the values aligned. */
final class Fields {
    private final Map<String, String> fields = new LinkedHashMap<>();

    /** Adds a field. */
    Fields put(String name, Object value) {
        fields.put(name, String.valueOf(value));
        return this;
    }

    /** Prints them, indented. */
    void print(PrintWriter out) {
        int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
        fields.forEach((name, value) -> out.println("  " + name + " ".repeat(width - name.length() + 2) + value));
    }
}

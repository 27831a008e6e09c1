import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * A flight recording of the hit path as a flame graph, and as text: the methods that took most samples, and the places
 * and classes that allocated most. A place is the first method of RentCache that a stack has, so that what a library
 * allocates for it is told of the line that asked.
 *
 * <p>Arguments: the recording, from when on in milliseconds since 1970, how many requests were answered in that time (for
 * bytes a request), and the SVG file to write.
 */
public final class Flames {
    private static final String OURS = "systems.supported.rentcache.";
    private static final int WIDTH = 1_600;
    private static final int ROW = 16;
    private static final int MOST = 25;

    private final Node root = new Node("all");
    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> ours = new HashMap<>();
    private final Map<String, Double> allocated = new HashMap<>();
    private final Map<String, Double> allocatedFor = new HashMap<>();
    /** Of each event loop: the first and last of what it says to have allocated so far. */
    private final Map<Long, long[]> totals = new HashMap<>();
    private int samples;

    private static final class Node {
        private final String name;
        private final Map<String, Node> children = new TreeMap<>();
        private long count;

        Node(String name) {
            this.name = name;
        }

        Node child(String method) {
            return children.computeIfAbsent(method, Node::new);
        }

        int depth() {
            return 1 + children.values().stream().mapToInt(Node::depth).max().orElse(0);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Flames flames = new Flames();
        flames.read(Path.of(arguments[0]), Instant.ofEpochMilli(Long.parseLong(arguments[1])));
        Files.writeString(Path.of(arguments[3]), flames.svg());
        flames.print(Long.parseLong(arguments[2]));
    }

    private void read(Path recording, Instant from) throws IOException {
        try (RecordingFile events = new RecordingFile(recording)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                if (event.getStartTime().isBefore(from)) {
                    continue;
                }
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample" -> sampled(event);
                    case "jdk.ObjectAllocationSample" -> allocated(event);
                    case "jdk.ThreadAllocationStatistics" -> counted(event);
                    default -> { }
                }
            }
        }
    }

    /** Only event loops: they are where a hit is. */
    private void sampled(RecordedEvent event) {
        if (!isEventLoop(event.getThread("sampledThread")) || event.getStackTrace() == null) {
            return;
        }
        List<String> stack = methods(event);
        samples++;
        self.merge(stack.get(0), 1L, Long::sum);
        stack.stream().filter(method -> method.startsWith(OURS)).distinct()
                .forEach(method -> ours.merge(method, 1L, Long::sum));
        Collections.reverse(stack);
        Node node = root;
        node.count++;
        for (String method : stack) {
            node = node.child(method);
            node.count++;
        }
    }

    private void allocated(RecordedEvent event) {
        if (!isEventLoop(event.getThread()) || event.getStackTrace() == null) {
            return;
        }
        double bytes = event.getLong("weight");
        RecordedClass type = event.getClass("objectClass");
        List<String> stack = methods(event);
        String place = stack.stream().filter(method -> method.startsWith(OURS)).findFirst().orElse("(no class of RentCache)");
        allocated.merge(type.getName() + " in " + stack.get(0), bytes, Double::sum);
        allocatedFor.merge(type.getName() + " for " + place, bytes, Double::sum);
    }

    private void counted(RecordedEvent event) {
        RecordedThread thread = event.getThread("thread");
        if (isEventLoop(thread)) {
            long bytes = event.getLong("allocated");
            long[] known = totals.computeIfAbsent(thread.getJavaThreadId(), id -> new long[] {bytes, bytes});
            known[0] = Math.min(known[0], bytes);
            known[1] = Math.max(known[1], bytes);
        }
    }

    private static boolean isEventLoop(RecordedThread thread) {
        return thread != null && thread.getJavaName() != null && thread.getJavaName().startsWith("vert.x-eventloop");
    }

    /** From the innermost to the outermost. */
    private static List<String> methods(RecordedEvent event) {
        List<String> methods = new ArrayList<>();
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            // One lambda is one method, whatever its class is called this time.
            String type = frame.getMethod().getType().getName().replaceAll("(Lambda).*", "$1");
            methods.add(type + "." + frame.getMethod().getName());
        }
        return methods;
    }

    private void print(long requests) {
        System.out.printf("%,d samples of event loops at work, %,d requests%n%n", samples, requests);
        System.out.println("Methods by the share of samples that ended in them:");
        top(self);
        System.out.println("\nMethods of RentCache by the share of samples that they were part of:");
        top(ours);
        System.out.println("\nAllocations by the innermost method, bytes a request (sampled):");
        topBytes(allocated, requests);
        System.out.println("\nAllocations by the innermost method of RentCache, bytes a request (sampled):");
        topBytes(allocatedFor, requests);
        double all = allocated.values().stream().mapToDouble(Double::doubleValue).sum();
        double direct = allocated.entrySet().stream().filter(entry -> entry.getKey().contains(" in " + OURS))
                .mapToDouble(Map.Entry::getValue).sum();
        long exact = totals.values().stream().mapToLong(both -> both[1] - both[0]).sum();
        System.out.printf("%nBy the samples %.0f bytes a request, %.0f of them in RentCache's own methods; "
                + "by the threads' own count %.0f in all%n", all / requests, direct / requests, (double) exact / requests);
    }

    private void top(Map<String, Long> counts) {
        counts.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(MOST)
                .forEach(entry -> System.out.printf("%6.2f %%  %s%n", 100.0 * entry.getValue() / samples, entry.getKey()));
    }

    private static void topBytes(Map<String, Double> bytes, long requests) {
        bytes.entrySet().stream().sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).limit(MOST)
                .forEach(entry -> System.out.printf("%8.1f  %s%n", entry.getValue() / requests, entry.getKey()));
    }

    private String svg() {
        int height = (root.depth() + 2) * ROW;
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\""
                + height + "\" font-family=\"monospace\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        draw(svg, root, 0, height - 2 * ROW);
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, Node node, double x, int y) {
        double width = (double) node.count / Math.max(1, root.count) * WIDTH;
        if (width < 1) {
            return;
        }
        String shown = node.name.replaceAll("\\b([a-z])[a-z0-9_]*\\.", "$1.");
        int letters = (int) (width / 6.7);
        svg.append(String.format(Locale.ROOT,
                "<g><title>%s: %.2f %%</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                escape(node.name), 100.0 * node.count / root.count, x, y, Math.max(0.5, width - 0.5), ROW - 1, colour(node)));
        if (letters > 3) {
            svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>", x + 2, y + 11,
                    escape(shown.substring(0, Math.min(shown.length(), letters)))));
        }
        svg.append("</g>\n");
        for (Node child : node.children.values()) {
            draw(svg, child, x, y - ROW);
            x += (double) child.count / root.count * WIDTH;
        }
    }

    private static String colour(Node node) {
        if (node.name.startsWith(OURS)) {
            return "#93c5fd";
        }
        if (node.name.startsWith("io.vertx.")) {
            return "#d8b4fe";
        }
        return node.name.startsWith("io.netty.") ? "#86efac" : "#fde68a";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

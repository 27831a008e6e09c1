package systems.supported.rentcache.http;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;

/**
 * The dashboard's files: our own from {@code dashboard/} of the jar, and the plotting library from its webjar. They are
 * read once a process and kept with their compressed form. Immutable.
 */
final class DashboardFiles {
    /** The page itself. */
    static final String PAGE = "index.html";
    /** What is in {@code dashboard/}: a jar has no directory to list. */
    static final List<String> OWN = List.of(
            PAGE, "api.js", "app.css", "app.js", "dialogs.js", "dom.js", "events.js", "explain.js", "format.js",
            "icon.svg", "keys.js", "live.js", "money.js", "overview.js", "plots.js", "questions.js", "settings.js",
            "tiers.js");

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/";
    private static final String UPLOT_VERSION = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");
    private static final int ETAG_LENGTH = 16;

    private final Map<String, File> files;

    private DashboardFiles(Map<String, File> files) {
        this.files = Map.copyOf(files);
    }

    /**
     * A file as it is sent.
     *
     * @param etag of the plain form; the compressed one's ends differently
     */
    record File(String mediaType, String etag, Buffer plain, Buffer gzip) {
    }

    /** All files; the first call in a process reads them, so it is made where blocking is allowed. */
    static DashboardFiles load() {
        return Loaded.FILES;
    }

    /** A file by its name, or null. */
    File find(String name) {
        return files.get(name);
    }

    private static final class Loaded {
        static final DashboardFiles FILES = read();
    }

    private static DashboardFiles read() {
        try {
            Map<String, File> files = new HashMap<>();
            for (String name : OWN) {
                files.put(name, file(name, bytes("/dashboard/" + name)));
            }
            String uplot = UPLOT + uplotVersion() + "/dist/";
            files.put("uplot.js", file("uplot.js", bytes(uplot + "uPlot.iife.min.js")));
            files.put("uplot.css", file("uplot.css", bytes(uplot + "uPlot.min.css")));
            return new DashboardFiles(files);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the dashboard's files cannot be read", unreadable);
        }
    }

    private static String uplotVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream file = DashboardFiles.class.getResourceAsStream(UPLOT_VERSION)) {
            properties.load(file);
        }
        return properties.getProperty("version");
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream file = DashboardFiles.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IOException(resource + " is not in the jar");
            }
            return file.readAllBytes();
        }
    }

    private static File file(String name, byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        String mediaType = MEDIA_TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        return new File(mediaType, digest(bytes), Buffer.buffer(bytes), Buffer.buffer(compressed.toByteArray()));
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest).substring(0, ETAG_LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("each Java platform has SHA-256", impossible);
        }
    }
}

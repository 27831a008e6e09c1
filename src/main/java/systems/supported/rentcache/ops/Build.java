package systems.supported.rentcache.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build says of itself in {@code rentcache.properties}. */
public final class Build {
    private static final String RESOURCE = "/rentcache.properties";

    private Build() {
    }

    /** The program's version, such as {@code 0.1.0}. */
    public static String version() {
        try (InputStream resource = Build.class.getResourceAsStream(RESOURCE)) {
            Properties properties = new Properties();
            properties.load(resource);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

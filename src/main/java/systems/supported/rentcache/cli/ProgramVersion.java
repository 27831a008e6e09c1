package systems.supported.rentcache.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The program's version, which the build writes into {@code rentcache.properties}. */
final class ProgramVersion implements IVersionProvider {
    private static final String RESOURCE = "/rentcache.properties";

    /** The version, such as {@code 0.1.0}. */
    static String text() {
        try (InputStream resource = ProgramVersion.class.getResourceAsStream(RESOURCE)) {
            Properties properties = new Properties();
            properties.load(resource);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"rentcache " + text()};
    }
}

package systems.supported.rentcache.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * What the Java virtual machine and the operating system say of this process, which program it is, and the room on its
 * disk. Binding loads many classes and is done on a worker thread, once the node serves. Closing ends its listening to
 * the garbage collector.
 */
public final class ProcessMeters implements MeterBinder, AutoCloseable {
    private static final String BUILD = "/rentcache.properties";

    private final Path data;
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /**
     * The meters.
     *
     * @param data a path on the disk whose room matters
     */
    public ProcessMeters(Path data) {
        this.data = data;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List.of(collections, new JvmMemoryMetrics(), new JvmThreadMetrics(), new ClassLoaderMetrics(),
                        new ProcessorMetrics(), new FileDescriptorMetrics(), new UptimeMetrics())
                .forEach(meters -> meters.bindTo(registry));
        Gauge.builder("rentcache.build.info", () -> 1)
                .description("Always 1; its labels say which program runs on which Java")
                .tag("version", version())
                .tag("java", System.getProperty("java.version"))
                .register(registry);
        Gauge.builder("rentcache.disk.free", () -> room(true))
                .description("Room that is left on the disk of the database, or of the working directory")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("rentcache.disk.size", () -> room(false))
                .description("The size of that disk")
                .baseUnit("bytes")
                .register(registry);
    }

    /**
     * Leaves out and renames what Prometheus' linter finds fault with: abbreviated units, and counts that are none of
     * its own. Comes before any meter.
     */
    static void mendNames(MeterRegistry registry) {
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(renamed("system.cpu.count", "system.cpus"));
    }

    private static MeterFilter renamed(String from, String to) {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals(from) ? id.withName(to) : id;
            }
        };
    }

    private double room(boolean free) {
        try {
            Path existing = data.toAbsolutePath();
            while (!Files.exists(existing)) {
                existing = existing.getParent();
            }
            return free ? Files.getFileStore(existing).getUsableSpace() : Files.getFileStore(existing).getTotalSpace();
        } catch (IOException cannotBeLookedAt) {
            return Double.NaN;
        }
    }

    private static String version() {
        try (InputStream build = ProcessMeters.class.getResourceAsStream(BUILD)) {
            Properties properties = new Properties();
            properties.load(build);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        collections.close();
    }
}

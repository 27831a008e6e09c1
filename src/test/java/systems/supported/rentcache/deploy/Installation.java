package systems.supported.rentcache.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * The program as it is installed: the launcher, and the jar where the launcher has it. The jar is made of the compiled
 * classes, as tests run before the build packs the real one; what the real one has packed into it is beside it in
 * {@code lib}.
 */
final class Installation {
    private static final Path CLASSES = Path.of("target", "classes");
    private static final String MAIN = "systems.supported.rentcache.cli.RentCacheCommand";

    private Installation() {
    }

    /** Lays the program out in a directory. */
    static Path in(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("target/lib"));
        Files.createDirectories(directory.resolve("conf"));
        copy(Path.of("rentcache"), directory.resolve("rentcache"));
        copy(Path.of("conf", "rentcache.yaml"), directory.resolve("conf/rentcache.yaml"));
        List<Path> libraries = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(":")) {
            Path library = Path.of(part);
            if (part.endsWith(".jar") && isOfTheProgram(library)) {
                libraries.add(library);
                link(library, directory.resolve("target/lib").resolve(library.getFileName()));
            }
        }
        pack(directory.resolve("target/rentcache.jar"), libraries);
        return directory;
    }

    /** The newest JDK of the machine, as the image has; the one that runs the tests where there is no other. */
    static Path newestJdk() throws IOException {
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return Path.of(System.getProperty("java.home"));
        }
        try (Stream<Path> found = Files.list(all)) {
            return found.filter(jdk -> Files.isExecutable(jdk.resolve("bin/java")))
                    .max(Comparator.comparingInt(Installation::version))
                    .orElse(Path.of(System.getProperty("java.home")));
        }
    }

    /** The version that a JDK says it has. */
    static int version(Path jdk) {
        try (Stream<String> release = Files.lines(jdk.resolve("release"))) {
            return release.filter(line -> line.startsWith("JAVA_VERSION="))
                    .mapToInt(line -> Integer.parseInt(line.split("\"")[1].split("\\D")[0])).findFirst().orElse(0);
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /** Tools of tests are many and large, and no part of the program. */
    private static boolean isOfTheProgram(Path library) {
        return Arrays.stream(new String[] {"playwright", "driver", "embedded-", "archunit", "jqwik", "junit", "assertj"})
                .noneMatch(tool -> library.getFileName().toString().contains(tool));
    }

    private static void pack(Path jar, List<Path> libraries) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, MAIN);
        main.put(Attributes.Name.CLASS_PATH, String.join(" ", libraries.stream()
                .map(library -> "lib/" + library.getFileName()).toList()));
        try (OutputStream bytes = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(bytes, manifest);
                Stream<Path> classes = Files.walk(CLASSES)) {
            out.setLevel(Deflater.BEST_SPEED);
            for (Path path : classes.filter(found -> !found.equals(CLASSES)).toList()) {
                boolean isFile = Files.isRegularFile(path);
                out.putNextEntry(new ZipEntry(CLASSES.relativize(path) + (isFile ? "" : "/")));
                if (isFile) {
                    Files.copy(path, out);
                }
            }
            for (Path library : libraries) {
                natives(library, out);
            }
        }
    }

    /** What is unpacked of the real jar has to be in this one too. */
    private static void natives(Path library, JarOutputStream out) throws IOException {
        if (!library.toString().contains("sqlite-jdbc") && !library.toString().contains("native-epoll")) {
            return;
        }
        try (JarFile jar = new JarFile(library.toFile())) {
            for (var entry : jar.stream().filter(one -> one.getName().matches(
                    "(META-INF/native/|org/sqlite/native/Linux/).+\\.so")).toList()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                try (InputStream in = jar.getInputStream(entry)) {
                    in.transferTo(out);
                }
            }
        }
    }

    private static void link(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (IOException | UnsupportedOperationException otherFileSystem) {
            copy(from, to);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes it all. */
    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

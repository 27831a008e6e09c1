package systems.supported.rentcache.deploy;

import static systems.supported.rentcache.Await.until;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Machines of a test's own: network namespaces, joined by bridges as containers are by a Compose file's networks, where
 * each finds those by name that it shares a network with. They see this machine's files, and other ones where mounted.
 * Only root can make them; they are gone with the process that holds them.
 */
final class Hosts implements AutoCloseable {
    private final Path directory;
    private final Map<String, List<String>> networks;
    private final Map<String, Map<String, List<String>>> aliases;
    private final Map<String, Map<String, String>> addresses = new LinkedHashMap<>();
    private final Process holder;

    private Hosts(
            Path directory, Map<String, List<String>> networks, Map<String, Map<String, List<String>>> aliases)
            throws IOException {
        this.directory = directory;
        this.networks = networks;
        this.aliases = aliases;
        String script = script();
        for (String host : networks.keySet()) {
            Files.writeString(directory.resolve(host + ".hosts"), names(host));
        }
        Path log = directory.resolve("hosts.log");
        holder = new ProcessBuilder("unshare", "--net", "--mount", "sh", "-eu", "-c", script)
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        until("the hosts are there", () -> !holder.isAlive() || read(log).contains("ready"));
        if (!holder.isAlive()) {
            throw new AssertionError(read(log));
        }
    }

    /**
     * Makes hosts.
     *
     * @param directory where they keep their files
     * @param networks  the networks of each host, by its name
     * @param aliases   the other names that a host has in a network
     */
    static Hosts of(
            Path directory, Map<String, List<String>> networks, Map<String, Map<String, List<String>>> aliases)
            throws IOException {
        return new Hosts(directory, networks, aliases);
    }

    private String script() {
        List<String> all = new ArrayList<>(new TreeSet<>(networks.values().stream().flatMap(List::stream).toList()));
        StringBuilder script = new StringBuilder("""
                mount -t tmpfs tmpfs /run
                mkdir -p /run/netns /run/secrets
                ip link set lo up
                """);
        for (int i = 0; i < all.size(); i++) {
            script.append("ip link add br%d type bridge; ip link set br%d up%n".formatted(i, i));
        }
        int host = 1;
        for (Map.Entry<String, List<String>> one : networks.entrySet()) {
            host++;
            script.append("ip netns add %s; ip -n %s link set lo up%n".formatted(one.getKey(), one.getKey()));
            Map<String, String> own = new LinkedHashMap<>();
            for (String network : one.getValue()) {
                int number = all.indexOf(network);
                String address = "10.99." + number + "." + host;
                own.put(network, address);
                script.append("""
                        ip link add v%2$dx%3$d type veth peer name eth%2$d netns %1$s
                        ip link set v%2$dx%3$d master br%2$d up
                        ip -n %1$s addr add %4$s/24 dev eth%2$d
                        ip -n %1$s link set eth%2$d up
                        """.formatted(one.getKey(), number, host, address));
            }
            addresses.put(one.getKey(), own);
        }
        return script.append("echo ready\nexec sleep infinity\n").toString();
    }

    private String names(String host) {
        StringBuilder names = new StringBuilder("127.0.0.1 localhost\n");
        addresses.forEach((other, own) -> own.forEach((network, address) -> {
            if (networks.get(host).contains(network)) {
                names.append(address).append(' ').append(other);
                aliases.getOrDefault(other, Map.of()).getOrDefault(network, List.of())
                        .forEach(alias -> names.append(' ').append(alias));
                names.append('\n');
            }
        }));
        return names.toString();
    }

    /** A host's address in a network. */
    String address(String host, String network) {
        return addresses.get(host).get(network);
    }

    /**
     * Starts a program on a host.
     *
     * @param mounts files or directories of this machine, by the path at which the program finds them, which must exist
     *               or be in {@code /run/secrets}
     */
    Process start(
            String host, Map<String, String> environment, Map<String, Path> mounts, Path work, Path output,
            List<String> program) throws IOException {
        StringBuilder script = new StringBuilder(
                "mount --bind '%s' /etc/hosts%n".formatted(directory.resolve(host + ".hosts")));
        mounts.forEach((at, file) -> script.append("""
                [ -e '%2$s' ] || touch '%2$s'
                mount --bind '%1$s' '%2$s'
                """.formatted(file, at)));
        script.append("cd '%s'%nexec nsenter --net=/run/netns/%s \"$@\"%n".formatted(work, host));
        List<String> command = new ArrayList<>(List.of(
                "nsenter", "--target", String.valueOf(holder.pid()), "--net", "--mount",
                "unshare", "--mount", "sh", "-eu", "-c", script.toString(), host));
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (output != null) {
            builder.redirectOutput(output.toFile());
        }
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What a program says that is run on a host to its end. */
    String run(String host, String... program) {
        try {
            Process process = start(host, Map.of(), Map.of(), directory, null, List.of(program));
            String output = new String(process.getInputStream().readAllBytes());
            process.waitFor(30, TimeUnit.SECONDS);
            return output;
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}

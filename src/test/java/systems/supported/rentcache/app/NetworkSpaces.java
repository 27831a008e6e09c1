package systems.supported.rentcache.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Networks of this machine's own, with nothing but processes of a test in them. Each process has a namespace with two
 * interfaces: consumers reach it at the front; at the back it reaches the other processes and the servers. The back can
 * be parted: what is sent there gets lost, and nobody is told. Needs root, and {@code ip} of iproute2.
 */
final class NetworkSpaces implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;
    private static final int MOST_NETWORKS = 250;

    private final String id;
    private final int network;
    private final List<Space> spaces = new ArrayList<>();

    /**
     * A process's network.
     *
     * @param name  the namespace
     * @param front its address for consumers
     * @param back  its address for the other processes
     * @param cable the other end of its interface at the back
     */
    record Space(String name, String front, String back, String cable) {
        /** What comes before a command that is to run in it. */
        List<String> wrapper() {
            return List.of("ip", "netns", "exec", name);
        }
    }

    /** Whether this process may make them, with the tools that are here. */
    static boolean arePossible() {
        String name = "rcprobe" + ProcessHandle.current().pid();
        try {
            ip("netns add " + name);
            ip("netns del " + name);
            return true;
        } catch (UncheckedIOException | AssertionError impossible) {
            return false;
        }
    }

    /** Networks for some processes. */
    NetworkSpaces(int count) {
        long process = ProcessHandle.current().pid();
        id = "rc" + process % 100_000;
        network = 1 + (int) (process % MOST_NETWORKS);
        bridge(id + "f", address("10.77", 1));
        bridge(id + "b", address("10.78", 1));
        for (int i = 0; i < count; i++) {
            spaces.add(newSpace(i));
        }
    }

    private String address(String prefix, int number) {
        return prefix + "." + network + "." + number;
    }

    private static void bridge(String name, String address) {
        ip("link add " + name + " type bridge");
        ip("addr add " + address + "/24 dev " + name);
        ip("link set " + name + " up");
    }

    private Space newSpace(int number) {
        Space space = new Space(
                id + "n" + number, address("10.77", 2 + number), address("10.78", 2 + number), id + "b" + number);
        ip("netns add " + space.name());
        ip("-n " + space.name() + " link set lo up");
        plug(space, id + "f" + number, id + "f", "front", space.front());
        plug(space, space.cable(), id + "b", "back", space.back());
        return space;
    }

    private static void plug(Space space, String cable, String bridge, String inside, String address) {
        ip("link add " + cable + " type veth peer name " + inside + " netns " + space.name());
        ip("link set " + cable + " master " + bridge + " up");
        ip("-n " + space.name() + " addr add " + address + "/24 dev " + inside);
        ip("-n " + space.name() + " link set " + inside + " up");
    }

    List<Space> spaces() {
        return spaces;
    }

    /** Where servers have to listen for the processes to reach them. */
    String servers() {
        return address("10.78", 1);
    }

    /** Cuts the back of a process off: it reaches no server and no other process. */
    void cutOff(Space space) {
        ip("link set " + space.cable() + " nomaster");
    }

    /** Keeps processes from each other; they go on reaching the servers. */
    void part() {
        spaces.forEach(space -> ip("link set " + space.cable() + " type bridge_slave isolated on"));
    }

    /** Mends what was parted and cut off. */
    void heal() {
        spaces.forEach(space -> {
            ip("link set " + space.cable() + " master " + id + "b");
            ip("link set " + space.cable() + " type bridge_slave isolated off");
        });
    }

    private static void ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words.split(" ")));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(words).isTrue();
            assertThat(process.exitValue()).as("ip %s: %s", words, said).isZero();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        // An interface goes with its other end's namespace.
        spaces.forEach(space -> ip("netns del " + space.name()));
        ip("link del " + id + "f");
        ip("link del " + id + "b");
    }
}

package systems.supported.rentcache.cli;

import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;

/**
 * All that the commands know of the world around the process, so that tests can give them another one.
 *
 * @param directory   where relative paths begin and settings files are
 * @param environment the variables
 * @param in          standard input
 * @param out         takes results
 * @param err         takes everything else
 * @param clock       tells the time
 * @param stop        tells a server when to stop
 */
record Surroundings(
        Path directory,
        Map<String, String> environment,
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        InstantSource clock,
        StopSignal stop) {

    /** Those of this process. */
    static Surroundings ofProcess() {
        return new Surroundings(
                Path.of("").toAbsolutePath(), System.getenv(), System.in, utf8(System.out), utf8(System.err),
                Clock.systemUTC(), StopSignal.OF_PROCESS);
    }

    /** JSON is UTF-8 whatever the locale is, and containers often have none. */
    private static PrintWriter utf8(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** The paths only: the environment holds secrets. */
    @Override
    public String toString() {
        return "Surroundings[directory=" + directory + "]";
    }
}

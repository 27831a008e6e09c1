package systems.supported.rentcache.cli;

import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.KeyRequest;

/** The option that gives a key a value that its consumer has already, in place of a new random one. */
final class KeyValueOption {
    private static final String STANDARD_INPUT = "-";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--value", paramLabel = "VALUE|-",
            description = "A value that the consumer has already, such as its Rentcast key: 8 to 256 visible ASCII "
                    + "characters. With - it is read from standard input, which keeps it out of the shell's history. "
                    + "Without the option a new one is made.")
    private String given;

    /**
     * The value; null for a new random one.
     *
     * @param in where to read it from, if the option says so
     * @throws ParameterException when it is not allowed; its message does not repeat it
     */
    String value(InputStream in) throws IOException {
        return given == null ? null : checked(given, in, command);
    }

    /** A value as written on the command line, or the one that is read where a {@code -} is written. */
    static String checked(String given, InputStream in, CommandSpec command) throws IOException {
        String value = given.equals(STANDARD_INPUT) ? line(in) : given;
        if (!KeyRequest.isValue(value)) {
            throw new ParameterException(
                    command.commandLine(), "A key's value is " + KeyRequest.VALUE + ".");
        }
        return value;
    }

    private static String line(InputStream in) throws IOException {
        String line = InputLine.read(in);
        return line == null ? "" : line;
    }
}

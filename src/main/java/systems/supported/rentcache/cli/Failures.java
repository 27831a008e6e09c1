package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import systems.supported.rentcache.app.StartException;
import systems.supported.rentcache.auth.KeyConflict;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.storage.DatabaseException;

/**
 * Where exceptions become messages and exit codes: 2 for wrong words on the command line, 1 for everything else. What
 * may be expected to go wrong is one message; a stack trace means a fault of the program.
 */
final class Failures {
    private static final int FAILED = CommandLine.ExitCode.SOFTWARE;
    private static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;

    private Failures() {
    }

    /** Has a command tree's failures handled here. */
    static CommandLine handledIn(CommandLine commands) {
        return commands.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command.getErr()))
                .setParameterExceptionHandler((wrong, words) -> wrongUsage(wrong));
    }

    private static int failed(Exception failure, PrintWriter err) {
        if (failure instanceof SQLException) {
            String reason = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
            err.println("The database cannot be used: " + reason);
        } else if (isExpected(failure)) {
            err.println(failure.getMessage());
        } else {
            err.println("This is a fault of RentCache:");
            failure.printStackTrace(err);
        }
        return FAILED;
    }

    private static boolean isExpected(Exception failure) {
        return failure instanceof CommandFailure
                || failure instanceof SettingsException
                || failure instanceof DatabaseException
                || failure instanceof StartException
                || failure instanceof KeyConflict;
    }

    private static int wrongUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(wrong.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.print(synopsis(command));
        }
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return WRONG_USAGE;
    }

    private static String synopsis(CommandLine command) {
        CommandLine.Help help = command.getHelp();
        String heading = help.synopsisHeading();
        return heading + help.synopsis(help.synopsisHeadingLength());
    }
}

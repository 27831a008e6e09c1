package systems.supported.rentcache.cli;

import picocli.CommandLine.IVersionProvider;
import systems.supported.rentcache.ops.Build;

/** The program's version, as {@code --version} prints it. */
final class ProgramVersion implements IVersionProvider {
    /** The version, such as {@code 0.1.0}. */
    static String text() {
        return Build.version();
    }

    @Override
    public String[] getVersion() {
        return new String[] {"rentcache " + text()};
    }
}

package systems.supported.rentcache.cli;

import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Option;
import systems.supported.rentcache.transfer.Part;

/** The option that says what of a database is moved. */
final class PartOption {
    @Option(names = "--only", paramLabel = "PART", split = ",",
            description = "Only these parts: keys, cache, usage. May be repeated, or take several with commas.")
    private Set<Part> parts;

    /** The parts that were named; all where none was. */
    Set<Part> parts() {
        return parts == null || parts.isEmpty() ? EnumSet.allOf(Part.class) : parts;
    }
}

package systems.supported.rentcache.catalog;

import java.util.List;

/** What came of looking a request up in the catalog. */
public sealed interface Resolution {
    /**
     * It asks something of an endpoint.
     *
     * @param request           the question in canonical form
     * @param flags             what it asks of the cache
     * @param unknownParameters names of parameters that the catalog does not know and that are passed on
     */
    record Asked(CanonicalRequest request, Flags flags, List<String> unknownParameters) implements Resolution {
    }

    /**
     * It is not asked on: the answer would be an error, and is given here at no cost.
     *
     * @param reason     why
     * @param violations what is wrong, in the order of the parameters; empty for an unknown path
     */
    record Refused(Reason reason, List<Violation> violations) implements Resolution {
    }

    /** Why a request is refused. */
    enum Reason {
        /** No endpoint has the path. */
        UNKNOWN_PATH,
        /** A known parameter has a value that Rentcast is known to refuse, or is missing. */
        INVALID_PARAMETER,
        /** A parameter is not in the catalog, and such are to be refused. */
        UNKNOWN_PARAMETER,
        /** There are more parameters than any question has. */
        TOO_MANY_PARAMETERS,
        /** Path or query cannot be decoded, or hold characters that belong in neither. */
        MALFORMED
    }
}

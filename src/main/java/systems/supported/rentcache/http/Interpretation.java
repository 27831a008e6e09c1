package systems.supported.rentcache.http;

import java.util.List;

/** What was made of a request target. */
sealed interface Interpretation {
    /**
     * It asks something.
     *
     * @param question          what
     * @param unknownParameters names of parameters that the catalog does not know and that are passed on
     */
    record Asks(Question question, List<String> unknownParameters) implements Interpretation {
    }

    /**
     * It asks nothing that could be answered.
     *
     * @param problem why
     */
    record Fails(Problem problem) implements Interpretation {
    }
}

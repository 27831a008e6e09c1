package systems.supported.rentcache.http;

/** What was made of a request target. */
sealed interface Interpretation {
    /**
     * It asks something.
     *
     * @param question what
     */
    record Asks(Question question) implements Interpretation {
    }

    /**
     * It asks nothing that could be answered.
     *
     * @param problem why
     */
    record Fails(Problem problem) implements Interpretation {
    }
}

package systems.supported.rentcache.cache;

/** Why a request was forwarded to the upstream, in the words of RFC 9211 §2.2. */
public enum ForwardReason {
    /** Nothing was kept for the question. */
    URI_MISS("uri-miss"),
    /** What was kept is no longer fresh. */
    STALE("stale"),
    /** The request asked for a new answer. */
    REQUEST("request"),
    /** The endpoint's answers are never kept. */
    BYPASS("bypass");

    private final String token;

    ForwardReason(String token) {
        this.token = token;
    }

    /** The value of {@code fwd} in {@code Cache-Status}. */
    public String token() {
        return token;
    }
}

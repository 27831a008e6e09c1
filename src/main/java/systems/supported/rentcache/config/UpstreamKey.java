package systems.supported.rentcache.config;

/** Whose Rentcast key goes upstream with a call. */
public enum UpstreamKey {
    /** The operator's, one of {@code RENTCAST_API_KEY}. */
    SHARED,
    /** The caller's own: what it sent to RentCache as its token. */
    CONSUMER
}

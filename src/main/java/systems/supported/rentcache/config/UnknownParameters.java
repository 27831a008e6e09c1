package systems.supported.rentcache.config;

/** What becomes of a query parameter that the catalog does not know. */
public enum UnknownParameters {
    /** It is passed on, and keyed exactly as sent. */
    PASS,
    /** The request is answered with 400. */
    REFUSE
}

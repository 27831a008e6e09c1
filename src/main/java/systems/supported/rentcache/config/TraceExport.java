package systems.supported.rentcache.config;

/** Where traces go. */
public enum TraceExport {
    /** Nowhere: nothing is traced, and a trace that a request belongs to is passed on as it came. */
    OFF,
    /** To a collector that takes OTLP over HTTP. */
    OTLP
}

package systems.supported.rentcache.config;

/** How a log line is written. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object a line, for machines. */
    JSON
}

package systems.supported.rentcache.cache;

/**
 * What a tier keeps of one endpoint.
 *
 * @param endpoint the catalog's name of it
 * @param entries  valid answers
 * @param fresh    those of them that are fresh
 * @param hits     how often they were asked for since they were kept
 * @param bytes    their bodies, in bytes as kept
 */
public record TierStatistics(String endpoint, long entries, long fresh, long hits, long bytes) {
}

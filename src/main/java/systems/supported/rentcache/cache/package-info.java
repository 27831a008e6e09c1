/**
 * The cache: its pure decisions (freshness, what to do with a request) and its tiers.
 *
 * <p>In: canonical requests and answers of the upstream. Out: entries and decisions. The core imports no Vert.x; the
 * tiers and the look-up verticle do.
 */
package systems.supported.rentcache.cache;

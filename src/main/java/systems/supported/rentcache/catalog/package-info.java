/**
 * The upstream's endpoints as data, and the canonical form of a request to them.
 *
 * <p>In: a request's path and query. Out: a canonical request with its cache key, or what is wrong with it. Pure: no
 * Vert.x, no clock, no input or output but the catalog file in the jar.
 */
package systems.supported.rentcache.catalog;

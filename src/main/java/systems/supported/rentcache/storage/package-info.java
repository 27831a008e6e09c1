/**
 * SQL: the dialects, the migrations, the pools.
 *
 * <p>In: a database URL. Out: pools that never block an event loop, over a schema that is up to date.
 */
package systems.supported.rentcache.storage;

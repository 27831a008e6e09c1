/**
 * What a database holds, moved into another one: out as lines of JSON, in from them or from the original Python
 * program's database.
 *
 * <p>In comes a {@link systems.supported.rentcache.storage.Database} that is open, out go lines, and the other way
 * round; both in pages and transactions of bounded size. Blocks: for the command line's own thread.
 */
package systems.supported.rentcache.transfer;

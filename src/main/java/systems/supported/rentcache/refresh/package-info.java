/**
 * Background refresh of entries and warming.
 *
 * <p>Nothing is refreshed in the background yet; the verticle marks the place where stale-while-revalidate goes.
 */
package systems.supported.rentcache.refresh;

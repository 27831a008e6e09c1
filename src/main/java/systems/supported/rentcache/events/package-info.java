/**
 * Addresses of the event bus and the codecs of what travels on it.
 *
 * <p>Between verticles of one process records travel by reference; nothing is copied.
 */
package systems.supported.rentcache.events;

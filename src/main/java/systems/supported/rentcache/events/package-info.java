/**
 * Addresses of the event bus, what is published there for other programs, and the codecs of what travels within.
 *
 * <p>In: {@link systems.supported.rentcache.events.Event}s, which become versioned JSON objects. Between verticles of
 * one process records travel by reference; nothing is copied.
 */
package systems.supported.rentcache.events;

/**
 * Events that are kept: they are written in the transaction of the change that they tell of, and read from a cursor.
 *
 * <p>In: {@link systems.supported.rentcache.events.EventMessage}s. Out: pages of events in the order of their commits,
 * for whoever must not lose one, and the cursor that an event on the event bus carries.
 */
package systems.supported.rentcache.outbox;

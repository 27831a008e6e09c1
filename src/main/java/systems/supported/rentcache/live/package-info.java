/**
 * The figures of this moment and the events, for those who watch.
 *
 * <p>In: batches of usage records, events of the event bus, and what the parts tell of themselves. Out: the document
 * {@code now}, once a second where somebody watches, and a feed of it and the events that can be resumed. Nothing here is
 * asked on the way of a request.
 */
package systems.supported.rentcache.live;

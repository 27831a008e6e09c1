/**
 * The only place that talks to Rentcast: client, pacing, retries, single flight.
 *
 * <p>In: fetch requests over the event bus. Out: an entry, an answer that must not be kept, or a failure as a value.
 */
package systems.supported.rentcache.upstream;

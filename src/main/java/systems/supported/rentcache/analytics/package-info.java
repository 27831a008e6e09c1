/**
 * Usage records: who asked what, how it was answered, what it cost and what was saved.
 *
 * <p>In: batches of records from the event loops, over the event bus, never waited for. Out: rows and rollups in SQL.
 */
package systems.supported.rentcache.analytics;

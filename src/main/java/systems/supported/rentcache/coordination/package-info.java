/**
 * What nodes agree on with each other.
 *
 * <p>In: the limits of keys and the budgets, as pure decisions. Out: the same limits, held by all nodes together
 * through Redis; flights, by which one node makes the call that several wait for; and what calls may cost, reserved by
 * all nodes together in the database.
 */
package systems.supported.rentcache.coordination;

/**
 * Events that are sent to other programs' addresses over HTTP, at least once and in order.
 *
 * <p>In: the events that are kept in the database, from where each webhook has come to. Out: signed requests, one at a
 * time for each webhook and by one node at a time; what fails is tried again later, and given up in the end. Nothing
 * here is waited for on the way of a request.
 */
package systems.supported.rentcache.webhooks;

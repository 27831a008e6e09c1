/**
 * What an operator asks and has done: the operations of the admin API, and the documents they answer, which the command
 * line prints as well.
 *
 * <p>In: calls that were checked against {@code openapi/admin.yaml}, under its operation ids. Out: JSON documents, or
 * what is wrong with a call as a {@link systems.supported.rentcache.admin.RefusedCall}. How they travel is not known
 * here.
 */
package systems.supported.rentcache.admin;

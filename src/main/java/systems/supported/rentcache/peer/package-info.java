/**
 * Who is at the other end of a connection: addresses, blocks of them, and what proxies say of those before them. Pure.
 *
 * <p>In: addresses and the values of {@code Forwarded} and {@code X-Forwarded-For}. Out: the address of the consumer.
 */
package systems.supported.rentcache.peer;

/**
 * The way of a request on its event loop: routes, authentication, admission, near hit, answers and their headers.
 *
 * <p>In: HTTP requests. Out: HTTP answers, usage records, and look-ups over the event bus for what the near tier does
 * not hold. This package does not know the upstream.
 */
package systems.supported.rentcache.http;

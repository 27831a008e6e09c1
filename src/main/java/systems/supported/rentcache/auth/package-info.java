/**
 * API keys: issue, rotate, revoke, expire; an {@code AuthenticationProvider} over them.
 *
 * <p>In: a presented key. Out: the {@code ApiKey} it belongs to, or why it is refused. Only SHA-256 digests of keys are
 * kept, in memory and in the store.
 */
package systems.supported.rentcache.auth;

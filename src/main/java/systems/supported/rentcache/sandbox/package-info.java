/**
 * A faithful Rentcast on loopback that counts what it would bill and misbehaves on request.
 *
 * <p>In: Rentcast's requests. Out: Rentcast's answers over synthetic data that are the same for the same seed and time.
 */
package systems.supported.rentcache.sandbox;

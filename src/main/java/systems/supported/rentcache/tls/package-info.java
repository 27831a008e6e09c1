/**
 * By what the server proves who it is: its certificate and private key, read from files and read again when they change.
 *
 * <p>In: PEM files. Out: the key manager of both ports, how long the certificate is still good, and whether new files
 * could be used.
 */
package systems.supported.rentcache.tls;

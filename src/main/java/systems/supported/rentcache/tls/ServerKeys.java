package systems.supported.rentcache.tls;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import systems.supported.rentcache.config.Settings;

/**
 * The key manager of the server: what it gives TLS can be exchanged while connections are open. Those keep what they
 * were opened with; who connects from then on gets the new one.
 *
 * <p>Thread-safe. Reading files blocks.
 */
public final class ServerKeys extends X509ExtendedKeyManager {
    private final Vertx vertx;
    private final Settings.Tls files;
    private volatile Identity current;
    private byte[] certificates = new byte[0];
    private byte[] key = new byte[0];

    private ServerKeys(Vertx vertx, Settings.Tls files) {
        this.vertx = vertx;
        this.files = files;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws UnusableCertificateException with cause and remedy
     */
    public static ServerKeys read(Vertx vertx, Settings.Tls files, Instant now) throws UnusableCertificateException {
        ServerKeys keys = new ServerKeys(vertx, files);
        keys.refresh(now);
        return keys;
    }

    /**
     * Reads the files again; what they hold is given to those who connect from now on.
     *
     * @return whether they have changed
     * @throws UnusableCertificateException where they cannot be used; then nothing changes, and they are tried again
     */
    public synchronized boolean refresh(Instant now) throws UnusableCertificateException {
        byte[] certificatesNow = bytes(files.certificate(), false);
        byte[] keyNow = bytes(files.key(), true);
        if (Arrays.equals(certificates, certificatesNow) && Arrays.equals(key, keyNow)) {
            return false;
        }
        current = Identity.of(vertx, certificatesNow, keyNow, now);
        certificates = certificatesNow;
        key = keyNow;
        return true;
    }

    /** How long the certificate is still good; negative where it is not. */
    public Duration timeLeft(Instant now) {
        return Duration.between(now, expiresAt());
    }

    /** Until when the certificate is good. */
    public Instant expiresAt() {
        return current.certificate().getNotAfter().toInstant();
    }

    private static byte[] bytes(Path file, boolean key) throws UnusableCertificateException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new UnusableCertificateException(key, "there is no such file; name a file in PEM");
        } catch (AccessDeniedException denied) {
            throw new UnusableCertificateException(key, "this user may not read the file; give it the right to");
        } catch (IOException unreadable) {
            throw new UnusableCertificateException(key, "the file cannot be read; name a file in PEM");
        }
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return current.keys().chooseServerAlias(keyType, issuers, null);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return current.keys().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return current.keys().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return current.keys().getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current.keys().getPrivateKey(alias);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}

package systems.supported.rentcache.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate with its private key, fit to serve with. Immutable.
 *
 * @param certificate the server's certificate
 * @param keys        gives TLS the certificate, those that vouch for it, and the key
 */
record Identity(X509Certificate certificate, X509KeyManager keys) {
    private static final byte[] PROBE = "RentCache".getBytes(StandardCharsets.US_ASCII);
    private static final String OPENSSL = "openssl pkey -in OLD -out NEW writes it without one";
    private static final Map<String, String> SIGNATURES = Map.of(
            "RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA", "Ed25519", "EdDSA", "Ed448", "EdDSA");

    /**
     * Reads both from PEM and checks that they belong together and are good at a time.
     *
     * @param vertx whose reader of PEM is used
     * @throws UnusableCertificateException with cause and remedy
     */
    static Identity of(Vertx vertx, byte[] certificates, byte[] key, Instant now) throws UnusableCertificateException {
        X509Certificate certificate = first(certificates);
        X509KeyManager keys = keys(vertx, certificates, key);
        if (!matches(certificate, keys.getPrivateKey(alias(keys, certificate)))) {
            throw new UnusableCertificateException(true,
                    "it is not the private key of the certificate in TLS_CERT; name the key that this was made with. A "
                            + "file with several certificates begins with the server's own");
        }
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new UnusableCertificateException(false,
                    "the certificate expired at " + certificate.getNotAfter().toInstant() + "; have it renewed");
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new UnusableCertificateException(false,
                    "the certificate is good from " + certificate.getNotBefore().toInstant()
                            + " on only; this machine's clock says " + now + ", set it where it is wrong");
        }
        return new Identity(certificate, keys);
    }

    private static X509Certificate first(byte[] certificates) throws UnusableCertificateException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates)).stream().findFirst()
                    .orElseThrow(() -> new CertificateException("there is none"));
        } catch (CertificateException notACertificate) {
            throw new UnusableCertificateException(false,
                    "it holds no certificate in PEM; that begins with -----BEGIN CERTIFICATE-----");
        }
    }

    private static X509KeyManager keys(Vertx vertx, byte[] certificates, byte[] key)
            throws UnusableCertificateException {
        String text = new String(key, StandardCharsets.ISO_8859_1);
        if (text.contains("ENCRYPTED")) {
            throw new UnusableCertificateException(true, "the private key is locked with a password; " + OPENSSL);
        }
        try {
            return (X509KeyManager) new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(certificates)).setKeyValue(Buffer.buffer(key))
                    .getKeyManagerFactory(vertx).getKeyManagers()[0];
        } catch (Exception unreadable) {
            // What the library says of it may hold a part of the key.
            throw new UnusableCertificateException(true,
                    "it holds no private key in PEM that can be read; that begins with -----BEGIN PRIVATE KEY-----");
        }
    }

    private static String alias(X509KeyManager keys, X509Certificate certificate) {
        String[] aliases = keys.getServerAliases(certificate.getPublicKey().getAlgorithm(), null);
        return aliases == null ? "" : aliases[0];
    }

    /** Whether what the key signs is the certificate's to verify. */
    private static boolean matches(X509Certificate certificate, PrivateKey key) {
        String algorithm = SIGNATURES.get(certificate.getPublicKey().getAlgorithm());
        if (key == null || algorithm == null) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}

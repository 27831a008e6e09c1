package systems.supported.rentcache.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a server that shows the very certificate of a file, by whatever name it is called. So commands on the server's
 * machine reach it as {@code localhost}, which no certificate is made for.
 */
public final class OwnCertificate extends X509ExtendedTrustManager {
    private final Certificate certificate;

    private OwnCertificate(Certificate certificate) {
        this.certificate = certificate;
    }

    /**
     * The context of a client.
     *
     * @param file the certificate, in PEM
     * @throws IOException where the file cannot be read, or holds none
     */
    public static SSLContext context(Path file) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            SSLContext context = SSLContext.getInstance("TLS");
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(pem);
            context.init(null, new TrustManager[] {new OwnCertificate(certificate)}, null);
            return context;
        } catch (GeneralSecurityException notACertificate) {
            throw new IOException(file + " holds no certificate in PEM", notACertificate);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (!certificate.equals(chain[0])) {
            throw new CertificateException("the server shows another certificate than TLS_CERT");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("no client is trusted");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no client is trusted");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no client is trusted");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}

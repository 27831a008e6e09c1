package systems.supported.rentcache.app;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/** A certificate of a test's own making, in the files that a node reads. */
record Certificates(Path certificate, Path key) {
    static Certificates in(Path directory) {
        return new Certificates(directory.resolve("tls.crt"), directory.resolve("tls.key"));
    }

    static X509Bundle good(Instant from, Duration length) {
        try {
            X509Bundle authority = new CertificateBuilder().ecp256().subject("CN=Authority of the tests")
                    .setIsCertificateAuthority(true).buildSelfSigned();
            return new CertificateBuilder().ecp256().subject("CN=rentcache.example.com")
                    .addSanDnsName("rentcache.example.com").notBefore(from).notAfter(from.plus(length))
                    .buildIssuedBy(authority);
        } catch (Exception failed) {
            throw new AssertionError("no certificate", failed);
        }
    }

    Certificates put(X509Bundle bundle) throws IOException {
        return put(bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM());
    }

    /** Replaces each file as a whole, the key first, as those do who renew certificates. */
    Certificates put(String certificatePem, String keyPem) throws IOException {
        replace(key, keyPem);
        replace(certificate, certificatePem);
        return this;
    }

    private static void replace(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

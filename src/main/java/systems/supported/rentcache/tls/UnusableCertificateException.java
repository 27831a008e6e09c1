package systems.supported.rentcache.tls;

/** Certificate and key cannot be served with. */
public final class UnusableCertificateException extends Exception {
    private final boolean keysFault;

    UnusableCertificateException(boolean keysFault, String causeAndRemedy) {
        super(causeAndRemedy);
        this.keysFault = keysFault;
    }

    /** Whether the file of the key is at fault, and not that of the certificate. */
    public boolean isKeysFault() {
        return keysFault;
    }
}

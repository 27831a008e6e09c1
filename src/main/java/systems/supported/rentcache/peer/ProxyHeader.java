package systems.supported.rentcache.peer;

/** In which header trusted proxies say whom they pass on. */
public enum ProxyHeader {
    /** {@code X-Forwarded-For}, which nearly all proxies write. */
    X_FORWARDED_FOR("X-Forwarded-For"),
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED("Forwarded");

    private final String header;

    ProxyHeader(String header) {
        this.header = header;
    }

    /** The header's name. */
    public String header() {
        return header;
    }
}

package systems.supported.rentcache.webhooks;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where webhooks may go. An administrator names the address, yet a mistake, or a name that somebody else resolves, must
 * not have this server ask what only it can reach of its own machine's cloud. Pure.
 *
 * @param http      whether addresses without TLS are allowed
 * @param linkLocal whether link-local addresses and those of cloud metadata are
 */
public record WebhookTarget(boolean http, boolean linkLocal) {
    private static final int MOST_CHARACTERS = 2_000;
    private static final int HIGHEST_PORT = 65_535;
    /** Where clouds tell their machines' secrets, apart from 169.254.0.0/16: AWS, Azure, Alibaba, Oracle. */
    private static final List<byte[]> METADATA = List.of(
            HexFormat.of().parseHex("fd000ec2000000000000000000000254"),
            new byte[] {(byte) 168, 63, (byte) 129, 16},
            new byte[] {100, 100, 100, (byte) 200},
            new byte[] {(byte) 192, 0, 0, (byte) 192});

    /** What {@link #url} takes. */
    public String allowed() {
        return "an https:// " + (http ? "or http:// " : "") + "URL with a host, without user and fragment"
                + (http ? "" : " (http:// with WEBHOOK_HTTP=true)");
    }

    /** The address that a text is; empty where it is none, or not allowed. */
    public Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean scheme = "https".equals(url.getScheme()) || http && "http".equals(url.getScheme());
            boolean place = url.getHost() != null && url.getPort() <= HIGHEST_PORT
                    && url.getRawUserInfo() == null && url.getRawFragment() == null;
            return scheme && place && text.length() <= MOST_CHARACTERS ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException notAUrl) {
            return Optional.empty();
        }
    }

    /** Whether an address of the Internet protocol may be connected to. */
    boolean allows(InetAddress address) {
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return linkLocal || !address.isLinkLocalAddress()
                && METADATA.stream().noneMatch(metadata -> Arrays.equals(metadata, bytes));
    }

    /** The port that an address names or implies. */
    static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    }
}

package systems.supported.rentcache.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where webhooks may go. */
class WebhookTargetTest {
    private static final WebhookTarget STRICT = new WebhookTarget(false, false);
    private static final WebhookTarget LAX = new WebhookTarget(true, true);

    @ParameterizedTest
    @ValueSource(strings = {
        "169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "192.0.0.192",
        "::ffff:169.254.169.254"})
    void linkLocalAddressesAndThoseOfMetadataNeedTheSetting(String address) throws UnknownHostException {
        assertThat(STRICT.allows(InetAddress.getByName(address))).isFalse();
        assertThat(LAX.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1"})
    void whatIsNobodysAddressIsNeverAllowed(String address) throws UnknownHostException {
        assertThat(LAX.allows(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "192.168.0.1", "8.8.8.8", "::1", "2001:db8::1", "fd12::1"})
    void othersAreAllowed(String address) throws UnknownHostException {
        assertThat(STRICT.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "http://example.com/", "ftp://example.com/", "https://", "https:///path", "https://user@example.com/",
        "https://user:word@example.com/", "https://example.com/#part", "https://example.com:70000/", "example.com",
        "https://exa mple.com/", "file:///etc/passwd", "javascript:alert(1)", ""})
    void onlyAddressesWithTlsAndWithoutUserAndFragmentAreTaken(String url) {
        assertThat(STRICT.url(url)).isEmpty();
    }

    @Test
    void addressesWithoutTlsNeedTheSetting() {
        assertThat(LAX.url("http://example.com:8080/path?token=x")).isPresent();
        assertThat(STRICT.url("https://example.com/path?token=x")).isPresent();
        assertThat(STRICT.url("https://[2001:db8::1]:8443/")).isPresent();
        assertThat(STRICT.url("https://example.com/" + "x".repeat(2_000))).isEmpty();
    }
}

package systems.supported.rentcache.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.config.Secret;

/** The secrets of webhooks and what they sign. */
class WebhookSecretsTest {
    private static final String MASTER = "a-master-secret-of-the-tests-0123456789";
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Buffer BODY = Buffer.buffer("{\"v\":1}");

    private final WebhookSecrets secrets = new WebhookSecrets(new Secret(MASTER));

    private static Webhook webhook(long id, int generation, Instant formerUntil) {
        return new Webhook(
                id, URI.create("https://example.com/"), Set.of("cache.miss"), false,
                new Webhook.Generation(generation, formerUntil), NOW, "", 0, 0, Instant.EPOCH, null, null);
    }

    private static String hmac(String secret, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes("UTF-8"), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes("UTF-8")));
    }

    @Test
    void timeAndBodyAreSignedWithTheWebhooksSecret() throws Exception {
        assertThat(secrets.signature(webhook(7, 1, Instant.EPOCH), NOW, BODY))
                .isEqualTo("t=1772366400,v1=" + hmac(secrets.of(7, 1), "1772366400.{\"v\":1}"));
    }

    @Test
    void theFormerSecretSignsAsWellUntilItsTimeIsOver() throws Exception {
        Webhook rotated = webhook(7, 2, NOW.plusSeconds(1));
        assertThat(secrets.signature(rotated, NOW, BODY)).isEqualTo("t=1772366400,v1="
                + hmac(secrets.of(7, 2), "1772366400.{\"v\":1}") + ",v1="
                + hmac(secrets.of(7, 1), "1772366400.{\"v\":1}"));
        assertThat(secrets.signature(rotated, NOW.plusSeconds(1), BODY).split(",")).hasSize(2);
    }

    @Test
    void everyWebhookAndEveryGenerationHasASecretOfItsOwnThatDoesNotTellTheMaster() {
        Set<String> all = IntStream.range(1, 50).boxed()
                .flatMap(id -> IntStream.range(1, 50).mapToObj(generation -> secrets.of(id, generation)))
                .collect(Collectors.toSet());
        assertThat(all).hasSize(49 * 49).allSatisfy(secret ->
                assertThat(secret).matches("whsec_[A-Za-z0-9_-]{43}").doesNotContain(MASTER));
        assertThat(new WebhookSecrets(new Secret(MASTER + "x")).of(1, 1)).isNotEqualTo(secrets.of(1, 1));
        assertThat(new WebhookSecrets(new Secret(MASTER)).of(1, 1)).isEqualTo(secrets.of(1, 1));
    }
}

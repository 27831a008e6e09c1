package systems.supported.rentcache.webhooks;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import systems.supported.rentcache.config.Secret;

/**
 * The secrets of webhooks, and what they sign. None is kept: each follows from the master secret, so who reads the
 * database cannot sign. Pure, thread-safe.
 */
public final class WebhookSecrets {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    private final Secret master;

    /** The secrets that follow from one. */
    public WebhookSecrets(Secret master) {
        this.master = master;
    }

    /** A webhook's secret of a generation: what its receiver is given. */
    public String of(long webhook, int generation) {
        byte[] derived = hmac(
                master.reveal().getBytes(StandardCharsets.UTF_8),
                ("rentcache.webhook." + webhook + "." + generation).getBytes(StandardCharsets.UTF_8));
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(derived);
    }

    /**
     * The value of {@code RentCache-Signature} for a body: the time, and the HMAC-SHA-256 of the time's seconds since
     * 1970-01-01T00:00Z, a dot and the body, in hex. For some time after a rotation there are two, of which either may
     * be checked.
     */
    String signature(Webhook webhook, Instant now, Buffer body) {
        long seconds = now.getEpochSecond();
        Webhook.Generation secret = webhook.secret();
        String signature = "t=" + seconds + ",v1=" + sign(of(webhook.id(), secret.number()), seconds, body);
        return secret.withFormer(now)
                ? signature + ",v1=" + sign(of(webhook.id(), secret.number() - 1), seconds, body) : signature;
    }

    private static String sign(String secret, long seconds, Buffer body) {
        Buffer signed = Buffer.buffer().appendString(seconds + ".").appendBuffer(body);
        return HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), signed.getBytes()));
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
        }
    }
}

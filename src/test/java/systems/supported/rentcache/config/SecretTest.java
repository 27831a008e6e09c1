package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

import org.junit.jupiter.api.Test;

/** A secret shows itself to those only who ask. */
class SecretTest {

    @Test
    void itPrintsAsAMask() {
        Secret secret = new Secret("pässwörd");

        assertThat(secret.reveal()).isEqualTo("pässwörd");
        assertThat(secret).hasToString("****");
        assertThat(Optional.of(secret)).hasToString("Optional[****]");
    }

    @Test
    void itIsEqualToAnotherOfTheSameText() {
        assertThat(new Secret("a")).isEqualTo(new Secret("a")).hasSameHashCodeAs(new Secret("a"));
        assertThat(new Secret("a")).isNotEqualTo(new Secret("b")).isNotEqualTo(new Secret("aa")).isNotEqualTo("a");
    }
}

package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import systems.supported.rentcache.config.RedisUrl.Form;

/** The forms in which a Redis is named. */
class RedisUrlTest {
    private static RedisUrl url(String text) {
        return RedisUrl.of(new Secret(text));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://localhost, redis://localhost:6379/0",
        "redis://localhost/, redis://localhost:6379/0",
        "redis://localhost:6380/3, redis://localhost:6380/3",
        "redis://localhost?db=3, redis://localhost:6379/3",
        "REDISS://cache.example.com/1, rediss://cache.example.com:6379/1",
        "redis://[::1]:7000, redis://[::1]:7000/0",
        "redis://127.0.0.1:6379?cluster=false, redis://127.0.0.1:6379/0",
    })
    void oneServer(String text, String server) {
        assertThat(url(text)).isEqualTo(new RedisUrl(
                Form.SINGLE, List.of(server), Optional.empty(), Optional.empty(), "", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://app:s3cret@host, app, s3cret", "redis://:s3cret@host, , s3cret", "redis://app:@host, app, ''",
        "redis://:a%2Cb%40%2F+c@host, , 'a,b@/+c'", "'redis://:a,b@host', , 'a,b'",
    })
    void logins(String text, String user, String password) {
        assertThat(url(text).user()).isEqualTo(Optional.ofNullable(user));
        assertThat(url(text).password()).contains(new Secret(password));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "redis://u:p@a:7000,b:7001,c?cluster=true", "redis://u:p@a:7000,redis://b:7001,redis://c:6379?cluster=true",
        "redis://u:p@a:7000/0, redis://u:p@b:7001/0, redis://u:p@c/0?cluster=true",
    })
    void cluster(String text) {
        RedisUrl url = url(text);
        assertThat(url.form()).isEqualTo(Form.CLUSTER);
        assertThat(url.servers()).containsExactly("redis://a:7000", "redis://b:7001", "redis://c:6379");
        assertThat(url.user()).contains("u");
        assertThat(url.password()).contains(new Secret("p"));
    }

    @Test
    void sentinel() {
        RedisUrl url = url("rediss://:p@a:26379,b:26379/2?sentinel=mymaster&ca=/etc/ca.pem");
        assertThat(url.form()).isEqualTo(Form.SENTINEL);
        assertThat(url.servers()).containsExactly("rediss://a:26379/2", "rediss://b:26379/2");
        assertThat(url.master()).isEqualTo("mymaster");
        assertThat(url.authority()).contains(Path.of("/etc/ca.pem"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "localhost:6379", "http://s3cret", "redis://", "redis://a,b", "redis://s3cret@host",
        "redis://:s3cret%zz@host",
        "redis://host:port", "redis://host:99999", "redis://host/s3cret", "redis://host?s3cret=1", "redis://host?db=x",
        "redis://a,b/1?cluster=true", "redis://a?cluster=true&sentinel=m", "redis://a,?cluster=true", "redis://a b",
        "redis://a,rediss://b?cluster=true", "redis://:s3@cret@host",
    })
    void refusesTheRestWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> url(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3").hasMessageNotContaining("cret").hasNoCause();
    }

    @Test
    void showsNoSecret() {
        assertThat(url("redis://app:s3cret@host").toString()).doesNotContain("s3cret").contains("host:6379");
    }
}

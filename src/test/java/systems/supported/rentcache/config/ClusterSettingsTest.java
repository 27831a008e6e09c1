package systems.supported.rentcache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.config.SettingsException.Problem;

/** The settings of a cluster: their forms, and which do not go together. */
class ClusterSettingsTest {
    @TempDir
    private Path directory;
    private SettingsFixture given;

    @BeforeEach
    void begin() {
        given = new SettingsFixture(directory);
    }

    @Test
    void withoutAClusterANodeDoesEverything() throws Exception {
        Settings.Cluster cluster = given.load().cluster();
        assertThat(cluster.enabled()).isFalse();
        assertThat(cluster.roles()).isEqualTo(Role.ALL);
        assertThat(cluster.seeds()).isEmpty();
        assertThat(cluster.multicast()).isFalse();
        assertThat(cluster.tls()).isEmpty();
    }

    @Test
    void aSectionOfTheFileSaysAllOfIt() throws Exception {
        Settings.Cluster cluster = given.file("""
                cluster:
                  enabled: true
                  seeds: [10.0.0.1, "10.0.0.2:5705", "[::1]:5701"]
                  public-address: 203.0.113.7:6701
                  tls-cert: node.pem
                  tls-key: node.key
                  tls-ca: ca.pem
                roles: lookup, upstream
                """).load().cluster();
        assertThat(cluster.enabled()).isTrue();
        assertThat(cluster.seeds()).extracting(HostPort::toString)
                .containsExactly("10.0.0.1", "10.0.0.2:5705", "[::1]:5701");
        assertThat(cluster.publicAddress()).contains(new HostPort("203.0.113.7", Optional.of(6701)));
        assertThat(cluster.busPublicAddress()).contains(new HostPort("203.0.113.7", Optional.empty()));
        assertThat(cluster.roles()).isEqualTo(Set.of(Role.LOOKUP, Role.UPSTREAM));
        assertThat(cluster.tls().orElseThrow().key()).isEqualTo(directory.resolve("node.key"));
    }

    @Test
    void wrongPlacesAndRolesAreRefused() throws Exception {
        for (String wrong : List.of("10.0.0.1:0", "10.0.0.1:70000", "a b:1:2", "host:", "http://host")) {
            assertThat(new SettingsFixture(directory).flag("CLUSTER_SEEDS", wrong).problem().name())
                    .isEqualTo("CLUSTER_SEEDS");
        }
        assertThat(given.flag("CLUSTER", "true").flag("ROLES", "http,teleport").problem())
                .returns("ROLES", Problem::name)
                .returns("allowed: some of http, lookup, upstream, refresh, analytics, parted by commas", Problem::allowed);
    }

    @Test
    void aPartOfTlsIsRefused() throws Exception {
        assertThat(given.flag("CLUSTER_TLS_CERT", "a.pem").refused().problems()).extracting(Problem::name)
                .containsExactly("CLUSTER_TLS_KEY", "CLUSTER_TLS_CA");
    }

    @Test
    void sqliteWithABudgetNeedsAWordForIt() throws Exception {
        given.flag("CLUSTER", "true").flag("BUDGET_MONTHLY_DOLLARS", "5");
        assertThat(given.problem().name()).isEqualTo("CLUSTER");
        assertThat(given.flag("BUDGET_PER_NODE", "true").load().cluster().enabled()).isTrue();
    }

    @Test
    void consumersKeysStayWhereTheyCameIn() throws Exception {
        given.flag("CLUSTER", "true").flag("UPSTREAM_KEY", "consumer");
        assertThat(given.flag("ROLES", "http,lookup").problem().name()).isEqualTo("ROLES");
        assertThat(given.flag("ROLES", "lookup,refresh").load().cluster().enabled()).isTrue();
    }
}

package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** {@code rentcache nodes}, by the database and by a server. */
class NodesCommandTest {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\S+)");
    private static final Pattern KEY = Pattern.compile("X-Api-Key: (\\S+)'");

    @TempDir
    private Path directory;

    @Test
    void aRunningNodeIsListedWithItsRoles() {
        Program program = new Program(directory);
        List<Outcome> asked = new ArrayList<>();
        Outcome served = program.variable("NODE_NAME", "listed").whenServing(stop -> {
            asked.add(new Program(directory).run("nodes"));
            asked.add(new Program(directory).variable("RENTCACHE_ADMIN_KEY", program.printed(KEY))
                    .run("nodes", "--server", program.printed(LISTENS)));
            asked.add(new Program(directory).run("nodes", "--json"));
            return stop.getAsInt();
        }).run("serve", "--port", "0", "--sandbox", "--sandbox-port", "0");

        assertThat(served.code()).as(served.err()).isZero();
        assertThat(asked.subList(0, 2)).allSatisfy(shown -> {
            assertThat(shown.code()).as(shown.err()).isZero();
            assertThat(shown.out()).startsWith("NAME").contains("listed").contains("up")
                    .contains("http,lookup,upstream,refresh,analytics");
        });
        assertThat(asked.get(2).out()).startsWith("[").contains("\"listed\"");
        assertThat(new Program(directory).run("nodes").out()).startsWith("No node on ");
    }

    @Test
    void aClusterWithSqliteAndABudgetIsRefusedWithThatSentence() {
        Outcome refused = new Program(directory).variable("BUDGET_MONTHLY_CALLS", "100")
                .run("serve", "--cluster", "--sandbox");

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("a cluster whose nodes each have their own SQLite can't share a budget")
                .contains("BUDGET_PER_NODE=true");
    }

    @Test
    void rolesWithoutAClusterAreRefused() {
        Outcome refused = new Program(directory).run("serve", "--roles", "http,lookup", "--sandbox");

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("ROLES = http,lookup").contains("where CLUSTER is false");
    }
}

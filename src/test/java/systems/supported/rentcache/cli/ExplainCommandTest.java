package systems.supported.rentcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.cli.Program.Outcome;

/** What would become of a request, told without a server. */
class ExplainCommandTest {
    @TempDir
    private Path directory;

    @Test
    void tellsWhatWouldBecomeOfARequest() throws Exception {
        Program program = new Program(directory);
        Outcome miss = program.run("explain", "/v1/markets?zipCode=78244&nonsense=1");
        assertThat(miss.code()).as(miss.err()).isZero();
        assertThat(miss.out()).contains("A miss: Rentcast is asked.", "No tier has an answer to it.", "market_stats",
                "not in the catalog  nonsense", "in sql").doesNotContain("in near");
        Outcome wrong = program.run("explain", "/v1/markets?zipCode=7824", "--json");
        JsonObject told = new JsonObject(wrong.out());
        assertThat(told.getJsonObject("decision").getString("problem"))
                .isEqualTo("urn:rentcache:problem:invalid-parameter");
        Outcome cached = program.run("explain", "/v1/markets?zipCode=78244", "--cache-control", "only-if-cached");
        assertThat(cached.out()).startsWith("Refused with 504 urn:rentcache:problem:not-cached.");
        Outcome nobody = program.run("explain", "/v1/markets?zipCode=78244", "--key-id", "7");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("There is no key with the id 7");
    }
}

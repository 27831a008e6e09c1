package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static systems.supported.rentcache.Await.untilPrograms;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import systems.supported.rentcache.app.Tool;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.config.SettingCatalog;
import systems.supported.rentcache.config.SettingsLoader;

/**
 * The Compose file: right by Compose's own schema, and its cluster run for real, with the file's settings, networks and
 * names, but by Debian's programs in network namespaces in place of containers.
 */
class ComposeTest {
    private static final List<String> NODES = List.of("rentcache-1", "rentcache-2", "rentcache-3");
    private static final String DOMAIN = "rentcache.l.supported.systems";
    private static final String TARGET = "https://" + DOMAIN + "/v1/properties?zipCode=78244&limit=1";

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @Test
    void everyServiceIsHardenedWatchedAndBounded() throws Exception {
        ComposeFile file = ComposeFile.read();
        assertThat(file.services().keySet()).contains(
                "rentcache", "rentcache-1", "rentcache-2", "rentcache-3", "caddy", "caddy-cluster", "postgres", "redis",
                "prometheus", "grafana");
        for (String service : file.services().keySet()) {
            Map<String, Object> one = file.services().get(service);
            assertThat(one.get("restart")).as(service).isEqualTo("unless-stopped");
            assertThat(file.map(service, "deploy").toString()).as(service).contains("limits", "cpus", "memory");
            assertThat(one).as(service).containsKeys("networks", "profiles", "logging");
            if (service.startsWith("rentcache")) {
                assertThat(one).as(service).containsEntry("read_only", true)
                        .containsEntry("cap_drop", List.of("ALL"))
                        .containsEntry("security_opt", List.of("no-new-privileges:true"));
            } else {
                assertThat(one).as(service).containsKey("healthcheck");
                assertThat(String.valueOf(one.get("image"))).as("a version is named").matches(".+:.*[0-9].*");
            }
        }
        assertThat(file.networks("postgres")).containsExactly("back");
        assertThat(file.networks("redis")).containsExactly("back");
        assertThat(file.networks("caddy")).containsExactlyInAnyOrder("edge", "front");
        assertThat(published(file, "postgres")).isEmpty();
        assertThat(published(file, "redis")).isEmpty();
    }

    private static List<String> published(ComposeFile file, String service) {
        return file.strings(service, "ports");
    }

    @Test
    void theSettingsAreSettings() throws Exception {
        secrets(directory);
        ComposeFile file = ComposeFile.read();
        for (String service : List.of("rentcache", "rentcache-1", "rentcache-2", "rentcache-3")) {
            Map<String, String> variables = file.environment(service);
            assertThat(variables.keySet()).as(service).allMatch(name ->
                    SettingCatalog.find(name.replaceFirst("_FILE$", "")).isPresent());
            variables.replaceAll((name, value) -> value.replace("/run/secrets", directory + "/secrets"));
            assertThat(SettingsLoader.load(new SettingsLoader.Sources(
                    directory, Optional.empty(), variables, Map.of()), CatalogFile::problems)
                    .server().adminPort()).as(service).contains(8001);
        }
    }

    @Test
    void whatMonitorsIsProvisioned() throws Exception {
        Path configuration = Files.copy(
                Path.of("conf/monitoring/prometheus.yml"), directory.resolve("prometheus.yml"));
        Files.copy(Path.of("conf/prometheus-alerts.yml"), directory.resolve("prometheus-alerts.yml"));
        Tool.Run checked = Tool.named("promtool").run("", "check", "config", configuration.toString());
        assertThat(checked.status()).as(checked.output()).isZero();
        ComposeFile file = ComposeFile.read();
        assertThat(file.strings("grafana", "volumes")).anyMatch(volume ->
                volume.contains("/conf/grafana-dashboard.json:/var/lib/grafana/dashboards/"));
        assertThat(yaml("dashboards/rentcache.yml").toString()).contains("path=/var/lib/grafana/dashboards");
        assertThat(yaml("datasources/prometheus.yml").toString())
                .contains("url=http://prometheus:9090", "type=prometheus", "isDefault=true");
    }

    private static Map<String, Object> yaml(String name) throws IOException {
        return new Yaml().load(Files.readString(Path.of("conf/monitoring/grafana").resolve(name)));
    }

    @Test
    void theClusterAnswersThroughCaddyWhateverNodeStops() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make the namespaces");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        secrets(directory);
        ComposeFile file = ComposeFile.read();
        Map<String, List<String>> networks = new LinkedHashMap<>();
        Stream.concat(NODES.stream(), Stream.of("caddy-cluster", "postgres", "redis"))
                .forEach(service -> networks.put(service, file.networks(service)));
        networks.put("outside", List.of("edge"));
        networks.put("prometheus", file.networks("prometheus"));
        Map<String, Map<String, List<String>>> aliases = new LinkedHashMap<>();
        NODES.forEach(node -> aliases.put(node, file.aliases(node)));
        try (Hosts hosts = Hosts.of(directory, networks, aliases)) {
            postgres(hosts, file);
            redis(hosts, file);
            Map<String, Process> nodes = nodes(hosts, file);
            caddy(hosts, file);
            drive(hosts, nodes);
        } finally {
            started.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
            started.forEach(Process::destroyForcibly);
        }
    }

    private void drive(Hosts hosts, Map<String, Process> nodes) throws Exception {
        String root = directory + "/caddy/pki/authorities/local/root.crt";
        String edge = hosts.address("caddy-cluster", "edge");
        String key = Files.readString(directory.resolve("secrets/bootstrap_api_key")).strip();
        List<String> curl = List.of(
                "curl", "-sS", "--cacert", root, "--resolve", DOMAIN + ":443:" + edge, "-H", "X-Api-Key: " + key);
        String first = hosts.run("outside", with(curl, "-i", TARGET));
        assertThat(first).contains("HTTP/2 200", "x-cache: MISS", "alt-svc: h3=\":443\"", "strict-transport-security",
                "x-content-type-options: nosniff", "x-frame-options: DENY").doesNotContain("server: Caddy");
        assertThat(hosts.run("outside", with(curl, "-i", "-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-D", "-",
                TARGET))).contains("x-cache: HIT");
        assertThat(hosts.run("outside", with(curl, "-o", "/dev/null", "-w", "%{http_code}",
                "https://" + DOMAIN + "/%61dmin/v1/settings"))).isEqualTo("404");
        assertThat(hosts.run("outside", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                "Host: " + DOMAIN, "http://" + edge + "/")).isEqualTo("308");
        untilPrograms(() -> "the nodes are one cluster: " + log("rentcache-1"), () -> hosts.run(
                "prometheus", "curl", "-sS", "http://rentcache-1:8001/metrics").contains("rentcache_cluster_members 3.0"));
        assertThat(hosts.run("prometheus", "curl", "-sS", "http://rentcache-1:8001/metrics"))
                .contains("rentcache_ready 1.0", "rentcache_cluster_linked 3.0");
        assertThat(hosts.run("caddy-cluster", "curl", "-sS", "--connect-timeout", "2",
                "telnet://rentcache-1:5701")).as("nodes speak in the network back only").contains("Failed to connect");
        assertThat(hosts.run("caddy-cluster", "curl", "-sS", "--connect-timeout", "2",
                "telnet://" + hosts.address("postgres", "back") + ":5432")).as("no way there").contains("Failed to connect");

        Process load = hosts.start("outside", Map.of(), Map.of(), directory, null, List.of(with(curl, "--rate", "100/s",
                "-o", "/dev/null", "-w", "%{stderr}%{http_code} %header{x-cache}\\n", TARGET + "#[1-200]")));
        started.add(load);
        List<String> answers = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(load.getInputStream()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
                if (answers.size() == 40) {
                    nodes.get("rentcache-2").destroy();
                } else if (answers.size() == 100) {
                    nodes.get("rentcache-3").destroyForcibly();
                }
            }
        }
        assertThat(nodes.get("rentcache-2").waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(nodes.get("rentcache-2").exitValue()).as(log("rentcache-2")).isZero();
        assertThat(answers).as(log("caddy-cluster")).hasSize(200).containsOnly("200 HIT");
        assertThat(requests(hosts, "rentcache-1")).as("it was left alone").isGreaterThan(80);
    }

    private static double requests(Hosts hosts, String node) {
        return hosts.run("prometheus", "curl", "-sS", "http://" + node + ":8001/metrics").lines()
                .filter(line -> line.startsWith("rentcache_requests_total{endpoint=\"properties\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static String[] with(List<String> curl, String... more) {
        return Stream.concat(curl.stream(), Stream.of(more)).toArray(String[]::new);
    }

    /** The secrets that an operator makes. */
    private static void secrets(Path directory) throws Exception {
        Process made = new ProcessBuilder("conf/make-secrets", directory.resolve("secrets").toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(made.waitFor()).isZero();
        Files.writeString(directory.resolve("secrets/rentcast_api_key"), "none-is-needed-with-the-sandbox");
    }

    private Map<String, Path> mounted(ComposeFile file, String service) {
        Map<String, Path> mounts = new LinkedHashMap<>();
        file.strings(service, "secrets").forEach(secret -> {
            String name = secret.replaceFirst("^\\{source=([a-z_]+).*$", "$1");
            mounts.put("/run/secrets/" + name, directory.resolve("secrets").resolve(name));
        });
        file.strings(service, "volumes").stream().map(volume -> volume.split(":"))
                .filter(volume -> Files.isRegularFile(Path.of(volume[0])))
                .forEach(volume -> mounts.put(volume[1], Path.of(volume[0])));
        return mounts;
    }

    private Process service(Hosts hosts, ComposeFile file, String service, Map<String, String> environment,
            List<String> program) throws IOException {
        Path work = Files.createDirectories(directory.resolve(service));
        Process process = hosts.start(service, environment, mounted(file, service), work,
                directory.resolve(service + ".log"), program);
        started.add(process);
        return process;
    }

    private void postgres(Hosts hosts, ComposeFile file) throws Exception {
        Postgresql server = Postgresql.in(Files.createDirectory(directory.resolve("pg")));
        Map<String, String> given = file.environment("postgres");
        server.init(given.get("POSTGRES_USER"), directory.resolve("secrets/postgres_password"));
        server.make(given.get("POSTGRES_DB"));
        Path archive = server.directory("wal");
        Path scripts = server.scripts();
        List<String> command = file.command("postgres").stream()
                .map(word -> word.replace("/backup-scripts", scripts.toString())
                        .replace("/backup/wal", archive.toString())).toList();
        service(hosts, file, "postgres", Map.of(), server.command(command.subList(1, command.size())));
        untilPrograms(() -> "PostgreSQL serves: " + log("postgres"), () -> hosts.run(
                "rentcache-1", Postgresql.program("pg_isready").toString(), "-h", "postgres").contains("accepting"));
    }

    private void redis(Hosts hosts, ComposeFile file) throws Exception {
        Tool.named("redis-server");
        List<String> command = file.command("redis").stream().map(word -> word.replace("/data", ".")).toList();
        service(hosts, file, "redis", Map.of(), command);
        untilPrograms(() -> "Redis serves: " + log("redis"), () -> hosts.run("rentcache-1", "redis-cli", "-h", "redis", "ping").contains("NOAUTH"));
    }

    private Map<String, Process> nodes(Hosts hosts, ComposeFile file) throws Exception {
        Path program = Installation.in(directory.resolve("program"));
        Map<String, Process> nodes = new LinkedHashMap<>();
        for (String node : NODES) {
            Map<String, String> environment = new LinkedHashMap<>(Dockerfile.read(Path.of("Dockerfile")).last().variables());
            environment.putAll(file.environment(node));
            environment.put("SANDBOX", "true");
            environment.merge("JAVA_OPTS", "-XX:TieredStopAtLevel=1", (image, quick) -> image + " " + quick);
            nodes.put(node, service(hosts, file, node, environment, List.of(program + "/rentcache", "serve")));
        }
        for (String node : NODES) {
            untilPrograms(() -> node + " is ready: " + log(node), () -> !nodes.get(node).isAlive() || hosts.run("caddy-cluster", "curl", "-s", "-o",
                    "/dev/null", "-w", "%{http_code}", "http://" + node + ":8000/health/ready").equals("200"));
            assertThat(nodes.get(node).isAlive()).as(log(node)).isTrue();
        }
        return nodes;
    }

    private void caddy(Hosts hosts, ComposeFile file) throws Exception {
        Tool.named("caddy");
        Map<String, String> environment = new LinkedHashMap<>(file.environment("caddy-cluster"));
        environment.put("CERT_ISSUER", "internal");
        environment.put("XDG_DATA_HOME", directory.toString());
        environment.put("XDG_CONFIG_HOME", directory.toString());
        environment.put("HOME", directory.toString());
        service(hosts, file, "caddy-cluster", environment,
                List.of("caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"));
        Path root = directory.resolve("caddy/pki/authorities/local/root.crt");
        untilPrograms(() -> "Caddy serves: " + log("caddy-cluster"), () -> Files.exists(root) && hosts.run("outside", "curl", "-s", "-o", "/dev/null", "-w",
                "%{http_code}", "--cacert", root.toString(), "--resolve",
                DOMAIN + ":443:" + hosts.address("caddy-cluster", "edge"), "https://" + DOMAIN + "/health/live")
                .equals("200"));
    }

    private String log(String service) {
        Path log = directory.resolve(service + ".log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

package systems.supported.rentcache.deploy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;
import systems.supported.rentcache.app.Tool;

/**
 * The Compose file as Compose itself reads it: checked against its schema, with anchors, variables and defaults put in.
 *
 * @param services by their names
 */
record ComposeFile(Map<String, Map<String, Object>> services) {
    /** Reads the file of the working directory. */
    @SuppressWarnings("unchecked")
    static ComposeFile read() throws Exception {
        Tool.Run run = Tool.named("docker-compose").run("", "--profile", "lite", "--profile", "cluster", "config");
        if (run.status() != 0) {
            throw new AssertionError(run.output());
        }
        Map<String, Object> file = new Yaml().load(run.output());
        return new ComposeFile(new TreeMap<>((Map<String, Map<String, Object>>) file.get("services")));
    }

    /** The variables of a service. */
    Map<String, String> environment(String service) {
        Map<String, String> variables = new TreeMap<>();
        map(service, "environment").forEach((name, value) -> variables.put(name, value == null ? "" : value.toString()));
        return variables;
    }

    /** The networks of a service. */
    List<String> networks(String service) {
        return List.copyOf(map(service, "networks").keySet());
    }

    /** The other names that a service has, by network. */
    @SuppressWarnings("unchecked")
    Map<String, List<String>> aliases(String service) {
        Map<String, List<String>> aliases = new TreeMap<>();
        map(service, "networks").forEach((network, terms) -> aliases.put(
                network, terms == null ? List.of() : ((Map<String, List<String>>) terms).getOrDefault("aliases", List.of())));
        return aliases;
    }

    /** What a service runs. */
    List<String> command(String service) {
        return strings(service, "command");
    }

    @SuppressWarnings("unchecked")
    List<String> strings(String service, String name) {
        return ((List<Object>) services.get(service).getOrDefault(name, List.of())).stream().map(String::valueOf)
                .toList();
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> map(String service, String name) {
        return (Map<String, Object>) services.get(service).getOrDefault(name, Map.of());
    }
}

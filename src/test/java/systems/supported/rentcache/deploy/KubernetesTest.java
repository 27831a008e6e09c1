package systems.supported.rentcache.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import systems.supported.rentcache.app.Tool;
import systems.supported.rentcache.config.SettingCatalog;

/** What is applied to Kubernetes: by the schemas of its own objects, and each fitting the others. */
class KubernetesTest {
    private static final Path DIRECTORY = Path.of("conf", "k8s");
    private static final String MODELS = "io.kubernetes.client.openapi.models.";

    private static Map<String, JsonObject> objects;

    @BeforeAll
    static void read() throws IOException {
        objects = new LinkedHashMap<>();
        Map<String, List<String>> kustomization =
                new Yaml().load(Files.readString(DIRECTORY.resolve("kustomization.yaml")));
        List<String> files = new ArrayList<>(kustomization.get("resources"));
        files.add("secret-example.yaml");
        for (String file : files) {
            for (JsonObject object : documents(Files.readString(DIRECTORY.resolve(file)))) {
                String name = object.getAsJsonObject("metadata").get("name").getAsString();
                objects.put(object.get("kind").getAsString() + "/" + name, object);
            }
        }
    }

    private static List<JsonObject> documents(String yaml) {
        List<JsonObject> documents = new ArrayList<>();
        new Yaml().loadAll(yaml).forEach(document -> documents.add(new Gson().toJsonTree(document).getAsJsonObject()));
        return documents;
    }

    /** Checks an object against the schema of its kind: no field that is not known, none that is missing. */
    private static void validate(JsonObject object) throws Throwable {
        String version = object.get("apiVersion").getAsString().replaceFirst("^.*/", "");
        Class<?> schema = Class.forName(MODELS + version.toUpperCase() + object.get("kind").getAsString());
        try {
            schema.getMethod("validateJsonElement", JsonElement.class).invoke(null, object);
        } catch (InvocationTargetException invalid) {
            throw invalid.getCause();
        }
    }

    @Test
    void everyObjectKeepsItsSchema() throws Throwable {
        assertThat(objects.keySet()).contains(
                "Deployment/rentcache", "Service/rentcache", "Service/rentcache-admin", "Service/rentcache-nodes",
                "ConfigMap/rentcache", "Secret/rentcache", "PodDisruptionBudget/rentcache",
                "HorizontalPodAutoscaler/rentcache", "NetworkPolicy/rentcache", "Ingress/rentcache");
        for (JsonObject object : objects.values()) {
            validate(object);
        }
        JsonObject misspelt = documents(Files.readString(DIRECTORY.resolve("deployment.yaml"))
                .replace("readinessProbe", "readynessProbe")).get(0);
        assertThatThrownBy(() -> validate(misspelt)).hasMessageContaining("readynessProbe");
    }

    @Test
    void kustomizeMakesThemAll() throws Exception {
        Tool.Run built = Tool.named("kubectl").run("", "kustomize", DIRECTORY.toString());
        assertThat(built.status()).as(built.output()).isZero();
        List<JsonObject> made = documents(built.output());
        assertThat(made).hasSize(objects.size() - 1).allSatisfy(object -> {
            if (!object.get("kind").getAsString().equals("Namespace")) {
                assertThat(at(object, "metadata", "namespace").getAsString()).isEqualTo("rentcache");
            }
        });
        assertThat(built.output()).doesNotContain("kind: Secret").contains("image: rentcache:");
    }

    @Test
    void theNodesAreThreeWithinTheirBoundsAndReplacedOneByOne() {
        JsonObject deployment = objects.get("Deployment/rentcache");
        JsonObject container = container();
        assertThat(at(deployment, "spec", "replicas").getAsInt()).isEqualTo(3);
        assertThat(at(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable").getAsInt()).isZero();
        assertThat(at(container, "resources", "requests").toString()).isEqualTo("{\"cpu\":\"250m\",\"memory\":\"512Mi\"}");
        assertThat(at(container, "resources", "limits").toString()).isEqualTo("{\"cpu\":\"500m\",\"memory\":\"1Gi\"}");
        assertThat(at(container, "livenessProbe", "httpGet", "path").getAsString()).isEqualTo("/health/live");
        assertThat(at(container, "readinessProbe", "httpGet", "path").getAsString()).isEqualTo("/health/ready");
        int grace = Integer.parseInt(setting("SHUTDOWN_GRACE").replace("s", ""));
        int pause = at(container, "lifecycle", "preStop", "exec", "command").getAsJsonArray().get(1).getAsInt();
        assertThat(at(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds").getAsInt())
                .as("the pause, the requests under way and the rest").isGreaterThanOrEqualTo(pause + 2 * grace);
        assertThat(at(container, "securityContext", "readOnlyRootFilesystem").getAsBoolean()).isTrue();
        assertThat(at(objects.get("PodDisruptionBudget/rentcache"), "spec", "minAvailable").getAsInt()).isEqualTo(2);
        JsonObject scaling = objects.get("HorizontalPodAutoscaler/rentcache");
        assertThat(at(scaling, "spec", "minReplicas").getAsInt()).isEqualTo(3);
        assertThat(scaling.toString()).contains("rentcache_requests_per_second");
    }

    @Test
    void everyReferenceIsMet() {
        JsonObject deployment = objects.get("Deployment/rentcache");
        JsonElement labels = at(deployment, "spec", "template", "metadata", "labels");
        assertThat(at(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(objects.get("PodDisruptionBudget/rentcache"), "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(objects.get("NetworkPolicy/rentcache"), "spec", "podSelector", "matchLabels")).isEqualTo(labels);
        Set<String> ports = Set.copyOf(texts(container().getAsJsonArray("ports"), "name"));
        for (String service : List.of("rentcache", "rentcache-admin", "rentcache-nodes")) {
            JsonObject one = objects.get("Service/" + service);
            assertThat(at(one, "spec", "selector")).isEqualTo(labels);
            assertThat(ports).containsAll(texts(at(one, "spec", "ports").getAsJsonArray(), "targetPort"));
        }
        assertThat(at(objects.get("Service/rentcache-nodes"), "spec", "clusterIP").getAsString()).isEqualTo("None");
        assertThat(setting("CLUSTER")).isEqualTo("true");
        assertThat(objects).containsKey("Service/" + setting("CLUSTER_KUBERNETES_SERVICE"));
        JsonObject config = at(objects.get("ConfigMap/rentcache"), "data").getAsJsonObject();
        assertThat(config.keySet()).allMatch(name -> SettingCatalog.find(name).isPresent());
        Set<String> secrets = at(objects.get("Secret/rentcache"), "stringData").getAsJsonObject().keySet();
        for (JsonElement variable : container().getAsJsonArray("env")) {
            String name = variable.getAsJsonObject().get("name").getAsString();
            assertThat(SettingCatalog.find(name.replaceFirst("_FILE$", ""))).as(name).isPresent();
            if (name.endsWith("_FILE")) {
                assertThat(secrets).contains(variable.getAsJsonObject().get("value").getAsString()
                        .replaceFirst("^/run/secrets/rentcache/", ""));
            }
        }
    }

    private static JsonObject container() {
        return at(objects.get("Deployment/rentcache"), "spec", "template", "spec", "containers")
                .getAsJsonArray().get(0).getAsJsonObject();
    }

    private static String setting(String name) {
        return at(objects.get("ConfigMap/rentcache"), "data", name).getAsString();
    }

    private static List<String> texts(JsonArray array, String name) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(one -> one.getAsJsonObject().get(name).getAsString()).toList();
    }

    private static JsonElement at(JsonObject object, String... path) {
        JsonElement found = object;
        for (String name : path) {
            assertThat(found.getAsJsonObject().has(name)).as(String.join(".", path) + " of " + object.get("kind")).isTrue();
            found = found.getAsJsonObject().get(name);
        }
        return found;
    }
}

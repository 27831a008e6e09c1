package systems.supported.rentcache.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

import systems.supported.rentcache.config.SettingsException.Problem;

/**
 * The operator's YAML file.
 *
 * <p>Its tree is walked as YAML's own nodes rather than as Java objects, since a node knows its line and its text as
 * written: {@code on}, {@code 007} and {@code 1:30} reach the settings' types unchanged. Only the {@code endpoints}
 * section, which is read by the catalog of endpoints, becomes Java objects.
 *
 * @param given     what it says about settings, by canonical name
 * @param endpoints its {@code endpoints} section
 */
record SettingsFile(Map<String, Given> given, Map<String, Object> endpoints) {

    private static final String ENDPOINTS = "ENDPOINTS";
    private static final SettingsFile EMPTY = new SettingsFile(Map.of(), Map.of());

    /** Reads a file that may be missing. */
    static SettingsFile optional(Path directory, Path file, List<Problem> problems) {
        return Files.exists(directory.resolve(file)) ? required(directory, file, problems) : EMPTY;
    }

    /** Reads a file; when it is missing or broken, that is a problem, and it gives nothing. */
    static SettingsFile required(Path directory, Path file, List<Problem> problems) {
        String name = file.toString();
        try {
            String text = Files.readString(directory.resolve(file), StandardCharsets.UTF_8);
            return new Reading(name, problems).read(text);
        } catch (IOException unreadable) {
            problems.add(new Problem(name, "", "file", "allowed: a readable YAML file in UTF-8"));
        } catch (MarkedYAMLException broken) {
            String line = broken.getProblemMark() == null ? "" : " line " + (broken.getProblemMark().getLine() + 1);
            problems.add(new Problem(name, "", "file" + line, "is not YAML: " + reason(broken)));
        } catch (YAMLException | IllegalArgumentException broken) {
            problems.add(new Problem(name, "", "file", "is not YAML that may be read here"));
        }
        return EMPTY;
    }

    /** What is wrong, without the text around it: that may hold a secret. */
    private static String reason(MarkedYAMLException broken) {
        String problem = String.valueOf(broken.getProblem());
        return problem.startsWith("found undefined alias") ? "put a value that begins with * in quotes" : problem;
    }

    /** Gives access to the conversion of nodes, which the library keeps to subclasses. */
    private static final class NodeConstructor extends SafeConstructor {

        NodeConstructor(LoaderOptions options) {
            super(options);
        }

        Object objectOf(Node node) {
            return constructDocument(node);
        }

        @Override
        protected Object constructObject(Node node) {
            if (node.isTwoStepsConstruction()) {
                throw new YAMLException("an alias stands within what it names");
            }
            return super.constructObject(node);
        }
    }

    /** One file on its way from text to settings. */
    private static final class Reading {

        private final String file;
        private final List<Problem> problems;
        private final NodeConstructor constructor;
        private final Yaml yaml;
        private final Map<String, Given> given = new HashMap<>();
        private final Map<String, Object> endpoints = new LinkedHashMap<>();

        Reading(String file, List<Problem> problems) {
            this.file = file;
            this.problems = problems;
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            this.constructor = new NodeConstructor(options);
            DumperOptions unused = new DumperOptions();
            this.yaml = new Yaml(constructor, new Representer(unused), unused, options);
        }

        SettingsFile read(String text) {
            Node root = yaml.compose(new StringReader(text));
            if (root == null || root.getTag().equals(Tag.NULL)) {
                return EMPTY;
            }
            if (root instanceof MappingNode mapping) {
                // Refuses repeated keys and unknown tags, and merges what << takes in, before the walk.
                constructor.objectOf(root);
                walk("", mapping);
            } else {
                problem(file, "", root, "allowed: NAME: VALUE lines");
            }
            return new SettingsFile(given, endpoints);
        }

        private void walk(String prefix, MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                String name = prefix + SettingNames.canonical(key);
                Node value = entry.getValueNode();
                if (name.equals(ENDPOINTS)) {
                    endpoints(value);
                } else if (prefix.isEmpty() && value instanceof MappingNode && isLikeEndpoints(name)) {
                    problem(name, "", entry.getKeyNode(), "there is no such section; did you mean endpoints?");
                } else if (value instanceof MappingNode section) {
                    walk(name + "_", section);
                } else if (!isEmptySection(name, value)) {
                    setting(name, entry.getKeyNode(), value);
                }
            }
        }

        /** Whether all the lines of a section are commented out. */
        private static boolean isEmptySection(String name, Node value) {
            return value.getTag().equals(Tag.NULL)
                    && SettingCatalog.names().stream().anyMatch(known -> known.startsWith(name + "_"));
        }

        private static boolean isLikeEndpoints(String name) {
            return SettingNames.nearest(name, List.of(ENDPOINTS)).isPresent();
        }

        private void setting(String name, Node key, Node value) {
            SettingCatalog.find(name).ifPresentOrElse(
                    setting -> {
                        String text = text(value);
                        boolean repeated = !text.isBlank()
                                && given.put(setting.name(), new Given(text, file, place(key))) != null;
                        if (repeated) {
                            problem(setting.name(), "", key, "allowed: once in the file");
                        }
                    },
                    () -> problem(Shown.line(name), "", key, SettingNames.unknown(name)));
        }

        private void endpoints(Node value) {
            if (constructor.objectOf(value) instanceof Map<?, ?> section) {
                section.forEach((name, fields) -> endpoints.put(String.valueOf(name), fields));
            } else if (!value.getTag().equals(Tag.NULL)) {
                problem(ENDPOINTS, "", value, "allowed: endpoint names, each with its fields");
            }
        }

        /** A value's text as written; a list's members are joined by commas. */
        private String text(Node value) {
            if (value.getTag().equals(Tag.NULL)) {
                return "";
            }
            if (value instanceof SequenceNode list) {
                return list.getValue().isEmpty()
                        ? "[]"
                        : list.getValue().stream().map(this::text).collect(Collectors.joining(","));
            }
            return value instanceof ScalarNode scalar ? scalar.getValue() : "{}";
        }

        private String place(Node node) {
            return file + " line " + (node.getStartMark().getLine() + 1);
        }

        private void problem(String name, String value, Node node, String allowed) {
            problems.add(new Problem(name, value, place(node), allowed));
        }
    }
}

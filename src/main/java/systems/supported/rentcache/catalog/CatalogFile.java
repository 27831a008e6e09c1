package systems.supported.rentcache.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import systems.supported.rentcache.config.FieldType;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.config.SettingsException.Problem;
import systems.supported.rentcache.limits.Rate;

/**
 * Makes the catalog from the file in the jar with the operator's {@code endpoints} section laid over it. All that is
 * wrong is found in one pass.
 */
public final class CatalogFile {
    private static final String RESOURCE = "/catalog.yaml";
    private static final String SECTION = "endpoints";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Pattern PATH = Pattern.compile("(/((?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+|\\{[A-Za-z][A-Za-z0-9]*}))+");
    private static final int MICRO_DIGITS = 6;
    private static final Set<String> ENDPOINT_FIELDS =
            Set.of("path", "paths", "parameters", "cacheable", "ttl", "stalewhilerevalidate", "staleiferror",
                    "minrefreshdemand", "limit", "estimatedcost");
    private static final Set<String> PATH_FIELDS = Set.of("parameters", "oneof");
    private static final Set<String> PARAMETER_FIELDS =
            Set.of("type", "values", "min", "max", "multiple", "range", "default", "required", "use");

    /** Where an endpoint does not say; at least as long as an answer is fresh. */
    private static final Duration STALE_IF_ERROR = Duration.ofHours(24);
    private static final int MOST_DEMAND = 1_000_000;

    private final Duration defaultTtl;
    private final Rate defaultLimit;
    private final boolean staleWhileRevalidate;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    private CatalogFile(Duration defaultTtl, Rate defaultLimit, boolean staleWhileRevalidate) {
        this.defaultTtl = defaultTtl;
        this.defaultLimit = defaultLimit;
        this.staleWhileRevalidate = staleWhileRevalidate;
    }

    /**
     * Makes the catalog.
     *
     * @param changes              the operator's section: endpoint name to its fields, as YAML gives it
     * @param defaultTtl           the lifetime where an endpoint does not say
     * @param defaultLimit         the limit where an endpoint does not say
     * @param staleWhileRevalidate whether any stale answer is given while it is refreshed
     * @throws SettingsException with everything that is wrong in the section
     */
    public static Catalog load(
            Map<String, Object> changes, Duration defaultTtl, Rate defaultLimit, boolean staleWhileRevalidate)
            throws SettingsException {
        CatalogFile file = new CatalogFile(defaultTtl, defaultLimit, staleWhileRevalidate).read(changes);
        if (!file.problems.isEmpty()) {
            throw new SettingsException(file.problems);
        }
        return new Catalog(file.endpoints, file.routes);
    }

    /** Everything that is wrong in the operator's section; empty where nothing is. */
    public static List<Problem> problems(Map<String, Object> changes) {
        return new CatalogFile(Duration.ZERO, Rate.UNLIMITED, true).read(changes).problems;
    }

    private CatalogFile read(Map<String, Object> changes) {
        overlaid(BuiltIn.ENDPOINTS, changes).forEach(this::endpoint);
        return this;
    }

    /** The file of the jar, read once: a start needs it to check the settings and to make the catalog. */
    private static final class BuiltIn {
        private static final Map<String, Object> ENDPOINTS = read();

        private static Map<String, Object> read() {
            try (InputStream resource = CatalogFile.class.getResourceAsStream(RESOURCE)) {
                Map<String, Object> file = new Yaml(new SafeConstructor(new LoaderOptions())).load(resource);
                return fields(file.get(SECTION)).orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One map laid over another, and so for the maps within them. Names of fields are the same with - and without. */
    private static Map<String, Object> overlaid(Map<String, Object> below, Map<String, Object> above) {
        Map<String, Object> all = new LinkedHashMap<>(below);
        above.forEach((name, value) -> {
            String known = all.containsKey(name) ? name : all.keySet().stream()
                    .filter(other -> plain(other).equals(plain(name))).findFirst().orElse(name);
            Optional<Map<String, Object>> inner = fields(all.get(known));
            Optional<Map<String, Object>> change = fields(value);
            all.put(known, inner.isPresent() && change.isPresent() ? overlaid(inner.get(), change.get()) : value);
        });
        return all;
    }

    private static Optional<Map<String, Object>> fields(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put(String.valueOf(name), field));
        return Optional.of(fields);
    }

    private static String plain(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    private void endpoint(String name, Object value) {
        String place = SECTION + "." + name;
        if (!NAME.matcher(name).matches()) {
            problem(place, name, "allowed: a name of lower-case letters, digits and _");
            return;
        }
        Section section = section(place, value, ENDPOINT_FIELDS);
        Duration ttl = section.read("ttl", FieldType.TTL).orElse(defaultTtl);
        Endpoint endpoint = new Endpoint(
                name,
                endpoints.size(),
                section.read("cacheable", FieldType.FLAG).orElse(true) && !ttl.isZero(),
                ttl,
                staleWindows(section, ttl),
                section.read("limit", FieldType.RATE).orElse(defaultLimit),
                section.read("estimatedcost", FieldType.DOLLARS).orElse(BigDecimal.ONE)
                        .movePointRight(MICRO_DIGITS).longValueExact());
        endpoints.add(endpoint);
        Map<String, Parameter> shared = parameters(place, section.get("parameters"));
        if (section.get("path") != null) {
            route(place, String.valueOf(section.get("path")), endpoint, shared, List.of());
        }
        if (section.get("paths") instanceof List<?> list) {
            list.forEach(path -> route(place, String.valueOf(path), endpoint, shared, List.of()));
        } else if (section.get("paths") != null) {
            section(place + ".paths", section.get("paths"), null)
                    .forEach((path, own) -> ownRoute(place + ".paths." + path, path, own, endpoint, shared));
        }
    }

    private StaleWindows staleWindows(Section section, Duration ttl) {
        Duration whileRevalidate = section.read("stalewhilerevalidate", FieldType.TTL).orElse(ttl);
        Duration ifError = section.read("staleiferror", FieldType.TTL)
                .orElse(ttl.compareTo(STALE_IF_ERROR) > 0 ? ttl : STALE_IF_ERROR);
        BigDecimal demand = section.number("minrefreshdemand");
        if (demand != null && (demand.compareTo(BigDecimal.ONE) < 0
                || demand.compareTo(BigDecimal.valueOf(MOST_DEMAND)) > 0 || demand.stripTrailingZeros().scale() > 0)) {
            problem(section.place + ".minRefreshDemand", demand.toPlainString(),
                    "allowed: a whole number from 1 to " + MOST_DEMAND);
            return StaleWindows.NONE;
        }
        return new StaleWindows(
                staleWhileRevalidate ? whileRevalidate : Duration.ZERO, ifError, demand == null ? 1 : demand.intValue());
    }

    private void ownRoute(String place, String path, Object value, Endpoint endpoint, Map<String, Parameter> shared) {
        Section section = section(place, value == null ? Map.of() : value, PATH_FIELDS);
        Map<String, Parameter> own = new LinkedHashMap<>(parameters(place, section.get("parameters")));
        own.putAll(shared);
        List<List<String>> oneOf = new ArrayList<>();
        if (section.get("oneof") instanceof List<?> groups) {
            for (Object group : groups) {
                oneOf.add(group instanceof List<?> names ? names.stream().map(String::valueOf).toList()
                        : List.of(String.valueOf(group)));
            }
        } else if (section.get("oneof") != null) {
            problem(place + ".oneOf", "", "allowed: a list of lists of parameter names");
        }
        route(place, path, endpoint, own, oneOf);
    }

    private void route(
            String place, String path, Endpoint endpoint, Map<String, Parameter> parameters, List<List<String>> oneOf) {
        if (!PATH.matcher(path).matches()) {
            problem(place, path, "allowed: a path below /v1 such as /schools/{id}, without query");
        } else if (routes.stream().anyMatch(route -> shape(route.template()).equals(shape(path)))) {
            problem(place, path, "allowed: a path that no other endpoint has");
        } else {
            routes.add(Route.of(path, endpoint, Map.copyOf(parameters), oneOf));
        }
    }

    private static String shape(String template) {
        return template.replaceAll("\\{[^}]*}", "{}");
    }

    private Map<String, Parameter> parameters(String place, Object value) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        if (value != null) {
            section(place + ".parameters", value, null).forEach((name, fields) ->
                    parameters.put(name, parameter(place + ".parameters." + name, name, fields)));
        }
        return parameters;
    }

    private Parameter parameter(String place, String name, Object value) {
        Section section = section(place, value == null ? Map.of() : value, PARAMETER_FIELDS);
        ValueType.Kind kind = section.choice("type", ValueType.Kind.values(), ValueType.Kind::text, ValueType.Kind.STRING);
        List<String> words = section.get("values") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList() : List.of();
        BigDecimal min = section.number("min");
        BigDecimal max = section.number("max");
        if (min != null && max != null && min.compareTo(max) > 0) {
            problem(place + ".min", min.toPlainString(), "allowed: at most max");
        }
        ValueType type = new ValueType(kind, min, max, words);
        boolean range = section.read("range", FieldType.FLAG).orElse(false);
        if (range && !type.isNumeric()) {
            problem(place + ".range", "true", "allowed: only where the type is number, integer or days");
        }
        Parameter parameter = new Parameter(
                name, type, section.read("multiple", FieldType.FLAG).orElse(false), range, null,
                section.read("required", FieldType.FLAG).orElse(false),
                section.choice("use", Parameter.Use.values(), use -> use.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        Parameter.Use.QUESTION));
        return section.get("default") == null ? parameter : withDefault(place, parameter, section.get("default"));
    }

    private Parameter withDefault(String place, Parameter parameter, Object value) {
        String canonical = parameter.canonical(String.valueOf(value));
        if (canonical == null) {
            problem(place + ".default", String.valueOf(value), "allowed: " + parameter.allowed());
        }
        return new Parameter(
                parameter.name(), parameter.type(), parameter.multiple(), parameter.range(), canonical,
                parameter.required(), parameter.use());
    }

    private void problem(String place, String value, String allowed) {
        problems.add(new Problem(place, value, "conf/rentcache.yaml", allowed));
    }

    private Section section(String place, Object value, Set<String> known) {
        Optional<Map<String, Object>> fields = fields(value);
        if (fields.isEmpty()) {
            problem(place, String.valueOf(value), "allowed: NAME: VALUE lines");
            return new Section(place, Map.of());
        }
        if (known == null) {
            return new Section(place, fields.get());
        }
        Map<String, Object> named = new LinkedHashMap<>();
        fields.get().forEach((name, field) -> {
            if (!known.contains(plain(name))) {
                problem(place + "." + name, String.valueOf(field), "there is no such field");
            } else if (field != null) {
                named.put(plain(name), field);
            }
        });
        return new Section(place, named);
    }

    /** A map of the file: fields by their names in lower case without {@code -} and {@code _}, or names of its own. */
    private final class Section {
        private final String place;
        private final Map<String, Object> fields;

        Section(String place, Map<String, Object> fields) {
            this.place = place;
            this.fields = fields;
        }

        Object get(String field) {
            return fields.get(field);
        }

        void forEach(BiConsumer<String, Object> action) {
            fields.forEach(action);
        }

        <T> Optional<T> read(String field, FieldType<T> type) {
            Object value = fields.get(field);
            if (value == null) {
                return Optional.empty();
            }
            Optional<T> read = type.read(value);
            if (read.isEmpty()) {
                problem(place + "." + field, String.valueOf(value), "allowed: " + type.allowed());
            }
            return read;
        }

        BigDecimal number(String field) {
            Object value = fields.get(field);
            try {
                return value == null ? null : new BigDecimal(String.valueOf(value));
            } catch (NumberFormatException notANumber) {
                problem(place + "." + field, String.valueOf(value), "allowed: a number");
                return null;
            }
        }

        <E> E choice(String field, E[] choices, Function<E, String> text, E otherwise) {
            Object value = fields.get(field);
            if (value == null) {
                return otherwise;
            }
            List<String> texts = new ArrayList<>();
            for (E choice : choices) {
                if (plain(text.apply(choice)).equals(plain(String.valueOf(value)))) {
                    return choice;
                }
                texts.add(text.apply(choice));
            }
            problem(place + "." + field, String.valueOf(value), "allowed: " + String.join(", ", texts));
            return otherwise;
        }
    }
}

package systems.supported.rentcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The documents among each other, and with what they are about. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern QUOTED = Pattern.compile("`[^`\n]*`");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            Matcher link = LINK.matcher(prose(document));
            while (link.find()) {
                links++;
                if (!leadsSomewhere(document, link.group(1))) {
                    broken.add(document + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(20);
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        if (link.matches("[a-z]+:.*")) {
            return link.matches("(https?://|mailto:).+");
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : sibling(document, parts[0]);
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    private static Path sibling(Path document, String link) {
        Path parent = document.getParent();
        return (parent == null ? Path.of(link) : parent.resolve(link)).normalize();
    }

    /** The anchors of a document's headings, as GitHub makes them. */
    private static Set<String> anchors(Path document) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new TreeSet<>();
        Matcher heading = HEADING.matcher(CODE.matcher(Files.readString(document)).replaceAll(""));
        while (heading.find()) {
            String plain = heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1").strip()
                    .toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
            int again = seen.merge(plain, 1, Integer::sum) - 1;
            anchors.add(again == 0 ? plain : plain + "-" + again);
        }
        return anchors;
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (String root : List.of(".", "docs", "bench", "conf")) {
            try (Stream<Path> files = Files.walk(Path.of(root), root.equals(".") ? 1 : 4)) {
                files.map(Path::normalize).filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        assertThat(documents).contains(Path.of("README.md"), Path.of("docs/DEPLOYMENT.md"));
        return documents;
    }

    private static String prose(Path document) throws IOException {
        return QUOTED.matcher(CODE.matcher(Files.readString(document)).replaceAll("")).replaceAll("code");
    }

    @Test
    void everyAlertHasItsSectionOfWhatToDo() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> rules =
                new Yaml().load(Files.readString(Path.of("conf", "prometheus-alerts.yml")));
        Set<String> alerts = rules.get("groups").stream().flatMap(group -> group.get("rules").stream())
                .filter(rule -> rule.containsKey("alert")).map(rule -> rule.get("alert").toString())
                .collect(Collectors.toCollection(TreeSet::new));
        Matcher heading = HEADING.matcher(Files.readString(Path.of("docs", "OPERATIONS.md")));
        Set<String> sections = new TreeSet<>();
        while (heading.find()) {
            if (heading.group(1).startsWith("RentCache")) {
                sections.add(heading.group(1));
            }
        }
        assertThat(sections).isEqualTo(alerts);
    }

    @Test
    void theTargetsOfMakeThatDocumentsNameAreThere() throws IOException {
        Set<String> targets = Pattern.compile("(?m)^([a-z-]+):").matcher(Files.readString(Path.of("Makefile")))
                .results().map(target -> target.group(1)).collect(Collectors.toSet());
        for (Path document : documents()) {
            Matcher named = Pattern.compile("`make ([a-z-]+)").matcher(Files.readString(document));
            while (named.find()) {
                assertThat(targets).as(document.toString()).contains(named.group(1));
            }
        }
    }
}

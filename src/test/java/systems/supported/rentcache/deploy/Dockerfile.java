package systems.supported.rentcache.deploy;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instructions of a Dockerfile, by stages.
 *
 * @param stages in their order
 */
record Dockerfile(List<Stage> stages) {
    private static final Pattern VARIABLE = Pattern.compile("([A-Z_]+)=(\"([^\"]*)\"|\\S+)");

    /**
     * One stage.
     *
     * @param base         what it begins with: an image, or another stage's name
     * @param name         its own name; empty for the last
     * @param instructions in their order
     */
    record Stage(String base, String name, List<Instruction> instructions) {
        /** The arguments of all instructions of a word. */
        List<String> all(String word) {
            return instructions.stream().filter(one -> one.word().equals(word)).map(Instruction::arguments).toList();
        }

        /** The argument of the only instruction of a word. */
        String only(String word) {
            List<String> all = all(word);
            if (all.size() != 1) {
                throw new AssertionError(word + ": " + all);
            }
            return all.get(0);
        }

        /** The words of an instruction in JSON. */
        List<String> words(String word) {
            return new JsonArray(only(word)).stream().map(String.class::cast).toList();
        }

        /** The variables that it sets. */
        Map<String, String> variables() {
            Map<String, String> variables = new HashMap<>();
            for (String line : all("ENV")) {
                Matcher matcher = VARIABLE.matcher(line);
                while (matcher.find()) {
                    variables.put(matcher.group(1), matcher.group(3) == null ? matcher.group(2) : matcher.group(3));
                }
            }
            return variables;
        }
    }

    /** A word and its arguments. */
    record Instruction(String word, String arguments) {
    }

    /** Reads a file. */
    static Dockerfile read(Path file) throws IOException {
        List<Stage> stages = new ArrayList<>();
        String text = Files.readString(file).replaceAll("(?m)^#.*\\R", "").replaceAll("\\\\\\R\\s*", "");
        for (String line : text.lines().filter(one -> !one.isBlank()).toList()) {
            String[] parts = line.strip().split("\\s+", 2);
            if (parts[0].equals("FROM")) {
                String[] from = parts[1].split("\\s+");
                stages.add(new Stage(from[0], from.length == 3 ? from[2] : "", new ArrayList<>()));
            } else {
                stages.get(stages.size() - 1).instructions().add(new Instruction(parts[0], parts[1]));
            }
        }
        return new Dockerfile(stages);
    }

    Stage stage(String name) {
        return stages.stream().filter(stage -> stage.name().equals(name)).findFirst().orElseThrow();
    }

    /** What becomes the image. */
    Stage last() {
        return stages.get(stages.size() - 1);
    }
}

package systems.supported.rentcache.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import systems.supported.rentcache.config.Section;
import systems.supported.rentcache.config.Setting;
import systems.supported.rentcache.config.SettingCatalog;

/** Prints the document of all settings, {@code docs/CONFIGURATION.md}. */
@Command(name = "document", description = "Print what every setting does, its default and what it takes, as Markdown.")
final class ConfigDocumentCommand implements Callable<Integer> {
    private static final String INTRODUCTION = """
            # Settings

            <!-- Made by `make configuration` of what the program knows of its settings: a change here is lost. -->

            A setting comes from one of these, the first that has it: a flag of the command line (`--set NAME=VALUE`), an
            environment variable, a line of `.env`, the file `conf/rentcache.yaml` (`--config FILE` names another), its
            default. An empty value counts as not set.

            - `NAME_FILE` names a file that holds the value, as a variable or in `.env`: for secrets.
            - Times are written `500ms`, `90s`, `30m`, `24h`, `7d`, or as a plain number of seconds; sizes `64MiB`,
              `512KB`, or as a plain number of bytes; rates `20/second`, `100/minute`, `1000/hour`, `5/day`, `unlimited`.
            - In the file, letter case does not matter, `-` and `_` are the same, and sections may be nested.
            - A value that is wrong keeps the server from starting: `rentcache config check` says all that is wrong at
              once, `rentcache config show` what is in force and where it came from. Secrets are never shown.
            - A change takes effect with the next start.
            """;

    private final RentCacheCommand root;

    ConfigDocumentCommand(RentCacheCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PrintWriter out = root.out();
        out.print(INTRODUCTION);
        for (Section section : Section.values()) {
            out.print("\n## " + section.title() + "\n\n| setting | default | takes | |\n| --- | --- | --- | --- |\n");
            SettingCatalog.all().stream().filter(setting -> setting.section() == section).forEach(setting ->
                    out.print(row(setting) + "\n"));
        }
        out.flush();
        return 0;
    }

    private static String row(Setting<?> setting) {
        String aliases = setting.aliases().isEmpty() ? "" : " Also `" + String.join("`, `", setting.aliases()) + "`.";
        return "| `" + setting.name() + "` | " + fallback(setting) + " | " + cell(setting.allowed())
                + (setting.isSecret() ? "; a secret" : "") + " | " + cell(setting.description()) + aliases + " |";
    }

    /** A default that is a value stands as it is written; one that differs between machines is a phrase. */
    private static String fallback(Setting<?> setting) {
        if (setting.defaultNote().isEmpty()) {
            return "not set";
        }
        return setting.defaultNote().equals(setting.defaultText())
                ? "`" + cell(setting.defaultText()) + "`" : cell(setting.defaultNote());
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}

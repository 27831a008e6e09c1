package systems.supported.rentcache.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The machine's own Chromium, started once for all tests. Where it is missing they are skipped, but not in CI. */
public final class Chromium {
    private static final List<Path> PLACES = List.of(
            Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"), Path.of("/usr/bin/google-chrome"));
    private static final List<String> FLAGS = List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run");
    private static final int PATIENCE_MILLIS = 15_000;
    private static Browser browser;

    private Chromium() {
    }

    /** A new context: nothing is kept from another one. */
    public static synchronized BrowserContext context(Browser.NewContextOptions options) {
        if (browser == null) {
            browser = start();
        }
        BrowserContext context = browser.newContext(options);
        context.setDefaultTimeout(PATIENCE_MILLIS);
        return context;
    }

    private static Browser start() {
        Optional<Path> executable = PLACES.stream().filter(Files::isExecutable).findFirst();
        if (executable.isEmpty()) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("There is no Chromium; .ci/run installs it.");
            }
            Assumptions.abort("There is no Chromium on this machine.");
        }
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        // They end with the process of the tests: all classes share them.
        Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
        return playwright.chromium().launch(
                new BrowserType.LaunchOptions().setExecutablePath(executable.get()).setArgs(FLAGS));
    }
}

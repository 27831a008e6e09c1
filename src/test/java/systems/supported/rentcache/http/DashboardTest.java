package systems.supported.rentcache.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import systems.supported.rentcache.browser.Chromium;

/** What the dashboard shows in each state, in a real browser. */
class DashboardTest {
    private static final Map<Scene, AdminStub> STUBS = new EnumMap<>(Scene.class);
    private static Vertx vertx;
    private final List<String> faults = new ArrayList<>();
    private BrowserContext context;

    @BeforeAll
    static void startStubs() {
        vertx = Vertx.vertx();
        for (Scene scene : Scene.values()) {
            STUBS.put(scene, new AdminStub(vertx, scene).start(0).await());
        }
    }

    @AfterAll
    static void stopStubs() {
        vertx.close().await();
    }

    @AfterEach
    void closeContext() {
        if (context != null) {
            context.close();
        }
        assertThat(faults).as("what the browser complained of").isEmpty();
    }

    private Page open(Scene scene, String path, int width, int height) {
        context = Chromium.context(new Browser.NewContextOptions().setViewportSize(width, height));
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("Failed to load resource")) {
                faults.add(message.text());
            }
        });
        page.onPageError(faults::add);
        page.navigate(STUBS.get(scene).url() + path);
        return page;
    }

    private Page signedIn(Scene scene, String path, int width, int height) {
        Page page = open(scene, path, width, height);
        page.getByLabel("A key with the permission admin").fill(AdminStub.KEY);
        page.keyboard().press("Enter");
        assertThat(page.locator("#connection")).hasText("live");
        return page;
    }

    @Test
    void aWrongKeyIsToldAndTheRightOneLetIn() {
        Page page = open(Scene.BUSY, "", 1440, 900);
        page.getByLabel("A key with the permission admin").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(com.microsoft.playwright.options.AriaRole.ALERT)).hasText("This key is not known.");
        page.getByLabel("A key with the permission admin").fill(AdminStub.KEY);
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Saved $1,284.30 this billing month. 91.4 % of 48,210 questions cost nothing.");
        assertThat(page.locator(".state")).hasText("Everything is all right.");
        assertThat(page.locator(".plot canvas")).hasCount(3);
    }
}

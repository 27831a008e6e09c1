package systems.supported.rentcache.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import systems.supported.rentcache.browser.Chromium;

/** What the dashboard shows in each state, in a real browser. */
class DashboardTest {
    private static final List<String> TABS = List.of("", "/questions", "/keys", "/money", "/events", "/settings");
    private static final int FIRST_VIEW_BYTES = 300_000;
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

    private Page page(Browser.NewContextOptions options) {
        context = Chromium.context(options);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("Failed to load resource")) {
                faults.add(message.text());
            }
        });
        page.onPageError(faults::add);
        return page;
    }

    private Page signedIn(Scene scene, String path) {
        return signedIn(scene, path, new Browser.NewContextOptions().setViewportSize(1440, 900));
    }

    private Page signedIn(Scene scene, String path, Browser.NewContextOptions options) {
        Page page = page(options);
        page.navigate(STUBS.get(scene).url() + path);
        signIn(page);
        return page;
    }

    private static void signIn(Page page) {
        page.getByLabel("A key with the permission admin").fill(AdminStub.KEY);
        page.keyboard().press("Enter");
        assertThat(page.locator("#connection")).hasText("live");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void aDayOfTheBillIsOfOneBreadthHoweverManyThereAre() {
        Page page = signedIn(Scene.ONE, "/money");
        Locator bar = page.locator(".days rect.paid");
        assertThat(bar).hasCount(1);
        double breadth = bar.boundingBox().width;
        assertThat(breadth).isBetween(10.0, 40.0);
        assertThat(page.locator(".days text")).hasCount(1);
        context.close();
        Page busy = signedIn(Scene.BUSY, "/money");
        assertThat(busy.locator(".days rect.paid")).hasCount(21);
        assertThat(busy.locator(".days rect.paid").first().boundingBox().width).isEqualTo(breadth);
    }

    @Test
    void aWrongKeyIsToldTheRightOneLetInAndAReloadAsksAgain() {
        Page page = page(new Browser.NewContextOptions().setViewportSize(1440, 900));
        page.navigate(STUBS.get(Scene.BUSY).url());
        page.getByLabel("A key with the permission admin").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("This key is not known.");
        signIn(page);
        assertThat(page.locator("h1")).hasText("Saved $1,284.30 this billing month. 91.4 % of 48,210 questions cost nothing.");
        assertThat(page.locator("h1 b")).hasAttribute("title", "1,284,300,000 micro-dollars");
        assertThat(page.locator(".state")).hasText("Everything is all right.");
        assertThat(page.locator(".budget-state")).hasText("on course, 59 % used");
        assertThat(page.locator(".plot canvas")).hasCount(3);
        assertThat(page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])").toString())
                .doesNotContain(AdminStub.KEY);
        page.reload();
        assertThat(page.getByLabel("A key with the permission admin")).isVisible();
    }

    @Test
    void theFirstViewIsSmallQuickAndOfThisHostAlone() {
        Page page = page(new Browser.NewContextOptions().setViewportSize(1440, 900));
        List<Response> responses = new ArrayList<>();
        page.onResponse(responses::add);
        page.navigate(STUBS.get(Scene.BUSY).url());
        signIn(page);
        assertThat(page.locator(".plot canvas")).hasCount(3);
        long bytes = 0;
        for (Response response : responses) {
            assertThat(response.url()).startsWith(STUBS.get(Scene.BUSY).url().replace("/dashboard", "/"));
            if (response.url().contains("/dashboard")) {
                // Uncompressed: it is small without that, too.
                bytes += response.body().length;
            }
        }
        assertThat(bytes).isPositive().isLessThan(FIRST_VIEW_BYTES);
    }

    @Test
    void withNothingAskedTheFirstScreenTeaches() {
        Page page = signedIn(Scene.EMPTY, "");
        assertThat(page.locator("h1")).hasText("Nothing asked yet this billing month.");
        assertThat(page.locator(".command code")).containsText(Pattern.compile("curl -H .*/v1/properties\\?zipCode=78244"));
        assertThat(page.locator(".plot")).hasCount(0);
    }

    @Test
    void whatIsWrongIsToldInWords() {
        Page page = signedIn(Scene.BROKEN, "");
        assertThat(page.locator(".state")).containsText("cache down since");
        assertThat(page.locator(".state")).containsText("the budget is spent: only what is kept is answered");
        assertThat(page.locator(".budget-state")).containsText("cache only, renews on");
        assertThat(page.locator(".health li.wrong")).hasCount(3);
        assertThat(page.locator(".nodes li.wrong")).containsText("rentcache-2");
    }

    @Test
    void aLostConnectionIsToldAndContinuesWhereItEnded() {
        AdminStub stub = STUBS.get(Scene.ONE);
        Page page = signedIn(Scene.ONE, "");
        stub.cutLive();
        assertThat(page.locator("#connection")).hasText(Pattern.compile("stale since \\d+ s"));
        assertThat(page.locator("h1")).containsText("Saved");
        stub.mendLive();
        assertThat(page.locator("#connection")).hasText("live");
        assertThat(stub.resumed()).isNotEmpty().allMatch(id -> id.matches("\\d+"));
    }

    @Test
    void theAddressHoldsTheViewAndTheKeyboardGoesAbout() {
        Page page = signedIn(Scene.BUSY, "?range=7d");
        assertThat(button(page, "7 d")).hasAttribute("aria-pressed", "true");
        Locator plot = page.locator(".plot .u-over").first();
        assertThat(plot).isVisible();
        plot.hover();
        page.mouse().down();
        page.mouse().move(plot.boundingBox().x + plot.boundingBox().width - 20, plot.boundingBox().y + 20);
        page.mouse().up();
        assertThat(page).hasURL(Pattern.compile("\\?from=.*&to=.*"));
        page.keyboard().press("g");
        page.keyboard().press("k");
        assertThat(page).hasURL(Pattern.compile("/dashboard/keys$"));
        assertThat(page.locator("h1")).hasText("Keys");
        page.keyboard().press("/");
        page.keyboard().type("web");
        assertThat(page).hasURL(Pattern.compile("/dashboard/keys\\?search=web$"));
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.goBack();
        page.locator("h1").click();
        page.keyboard().press("?");
        assertThat(page.getByRole(AriaRole.DIALOG)).containsText("search");
        page.keyboard().press("Escape");
        assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    }

    @Test
    void eventsCanBePausedAndFiltered() {
        AdminStub stub = STUBS.get(Scene.EMPTY);
        Page page = signedIn(Scene.EMPTY, "/events");
        assertThat(page.locator(".nothing")).isVisible();
        stub.publish("key.revoked", new JsonObject().put("v", 1).put("at", "2026-03-01T12:00:00Z").put("keyId", 7));
        assertThat(page.locator("tbody tr")).containsText(new String[] {"key 7 was revoked"});
        button(page, "Pause").click();
        stub.publish("key.changed", new JsonObject().put("v", 1).put("at", "2026-03-01T12:00:01Z").put("keyId", 8));
        assertThat(page.locator(".tally")).hasText("Paused; 1 event since.");
        assertThat(page.locator("tbody tr")).hasCount(1);
        button(page, "Go on").click();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.getByLabel("Kind").selectOption("key.changed");
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page).hasURL(Pattern.compile("kind=key.changed"));
    }

    @ParameterizedTest
    @EnumSource(Scene.class)
    void axeFindsNothingSeriousAndNothingOverflows(Scene scene) throws IOException {
        String axe;
        try (InputStream script = DashboardTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
        Page page = signedIn(scene, "", new Browser.NewContextOptions().setViewportSize(1440, 900));
        page.evaluate(axe);
        // The other tabs look with one question as with none, and when all is broken as on a busy day.
        for (String tab : scene == Scene.EMPTY || scene == Scene.BUSY ? TABS : List.of("")) {
            page.evaluate("path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
                    "/dashboard" + tab);
            assertThat(page.locator(tab.isEmpty() ? ".overview" : ".tab-" + tab.substring(1))).isVisible();
            assertThat(page.locator("table, .nothing, .teach, .plot canvas").first()).isVisible();
            for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
                page.setViewportSize(1440, 900);
                assertThat(serious(page)).as(scene + " " + tab + " " + theme).isEmpty();
            }
            page.setViewportSize(360, 740);
            assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth")).as(scene + tab).isEqualTo(0);
        }
    }

    private static List<?> serious(Page page) {
        return (List<?>) page.evaluate("axe.run().then(found => found.violations"
                + ".filter(each => ['serious', 'critical'].includes(each.impact))"
                + ".map(each => each.id + ': ' + each.nodes.map(node => node.html).join(' ').slice(0, 400)))");
    }

    @Test
    void filesAreRevalidatedCompressedAndGuarded() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        URI script = URI.create(STUBS.get(Scene.EMPTY).url() + "/app.js");
        HttpResponse<byte[]> whole = client.send(HttpRequest.newBuilder(script).header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(whole.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(whole.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(whole.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'");
        String etag = whole.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> again = client.send(HttpRequest.newBuilder(script).header("Accept-Encoding", "gzip")
                .header("If-None-Match", etag).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        HttpResponse<byte[]> unknown = client.send(HttpRequest.newBuilder(URI.create(STUBS.get(Scene.EMPTY).url()
                + "/../../catalog.yaml")).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void eachFileOfTheDashboardIsServed() throws Exception {
        Path directory = Path.of(DashboardTest.class.getResource("/dashboard/index.html").toURI()).getParent();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(DashboardFiles.OWN);
        }
    }
}

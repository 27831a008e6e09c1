package systems.supported.rentcache.app;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import systems.supported.rentcache.browser.Chromium;

/** What an operator does with the dashboard, against a real node. */
class DashboardJourneyTest {
    private static final String QUESTION = "/v1/properties?zipCode=78244";
    @TempDir
    private static Path directory;
    private static Node node;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void startNode() {
        node = Node.in(directory).start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @BeforeEach
    void signIn() {
        context = Chromium.context(new Browser.NewContextOptions().setViewportSize(1440, 900));
        page = context.newPage();
        open("");
    }

    @AfterEach
    void closeContext() {
        context.close();
    }

    /** A tab, signed in: the key is nowhere but in the page, so each address that is opened asks for it. */
    private void open(String path) {
        page.navigate("http://127.0.0.1:" + node.port() + "/dashboard" + path);
        page.getByLabel("A key with the permission admin").fill(Node.ADMIN);
        page.keyboard().press("Enter");
        assertThat(page.locator("#connection")).hasText("live");
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void aQuestionThatIsAskedShowsWithoutAReload() {
        node.get(QUESTION);
        assertThat(page.locator("h1")).hasText(Pattern.compile(".*of [1-9]\\d* questions? cost nothing.*"));
        String before = page.locator("h1").textContent();
        assertThat(node.get(QUESTION).header("X-Cache")).isEqualTo("HIT");
        assertThat(page.locator("h1")).not().hasText(before);
        assertThat(page.locator(".plot canvas")).hasCount(3);
        assertThat(page.locator(".health li")).hasCount(4);
    }

    @Test
    void aKeyIsCreatedUsedAndRevoked() {
        page.getByText("Keys", new Page.GetByTextOptions().setExact(true)).click();
        button("Create a key").click();
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("journey");
        page.getByLabel("Questions a day").fill("50");
        button("Create").click();
        String value = page.locator(".secret").textContent();
        assertThat(node.getWithKey(value, QUESTION).status()).isEqualTo(200);
        button("Done").click();
        Locator row = page.locator("tbody tr", new Page.LocatorOptions().setHasText("journey"));
        assertThat(row).containsText("of 50");

        button("Revoke journey").click();
        assertThat(button("Revoke")).isDisabled();
        page.getByLabel("to go on").fill("journey");
        button("Revoke").click();
        assertThat(page.locator("#spoken")).hasText("journey is revoked.");
        assertThat(row).hasCount(0);
        assertThat(node.getWithKey(value, QUESTION).status()).isEqualTo(401);

        button("Undo").click();
        assertThat(page.locator("#spoken")).hasText("journey is accepted again.");
        assertThat(node.getWithKey(value, QUESTION).status()).isEqualTo(200);
    }

    @Test
    void anAnswerIsInvalidatedAndThatIsTakenBack() {
        String question = "/v1/properties?zipCode=78209";
        node.get(question);
        long billed = node.bill().calls();
        open("/questions?search=78209");
        Locator row = page.locator("tbody tr");
        assertThat(row).hasCount(1);
        row.getByText("Invalidate").click();
        assertThat(page.locator(".notice")).containsText("Invalidated.");
        assertThat(row).hasCount(0);
        // What was invalidated at this very moment is given no more at this moment.
        node.clock.advance(Duration.ofSeconds(1));
        button("Undo").click();
        assertThat(row).hasCount(1);
        assertThat(node.get(question).header("X-Cache")).isEqualTo("HIT");
        assertThat(node.bill().calls()).isEqualTo(billed);
    }

    @Test
    void aRequestIsExplainedAtNoCost() {
        long billed = node.bill().calls();
        open("/questions");
        page.getByLabel("What would happen to a request?").fill("/v1/markets?zipCode=78244");
        button("Explain").click();
        assertThat(page.locator(".explained")).containsText("Nothing was asked, counted or spent");
        assertThat(page.locator(".explained")).containsText("markets");
        assertThat(node.bill().calls()).isEqualTo(billed);
    }

    @Test
    void whatIsOfTheNodeShowsOnANarrowScreen() {
        page.setViewportSize(360, 740);
        for (String tab : new String[] {"Overview", "Questions", "Keys", "Money", "Events", "Settings"}) {
            page.locator("nav").getByText(tab).click();
            assertThat(page.locator("nav a[aria-current]")).hasText(tab);
            assertThat(page.locator("main h1").first()).isVisible();
            assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth")).as(tab).isEqualTo(0);
        }
        assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("EVENT_LOOPS"))).containsText("flag");
    }
}

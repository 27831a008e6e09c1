package systems.supported.rentcache.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The feed: what a listener hears, and how it goes on. */
class LiveFeedTest {
    private static final Set<String> MISSES = Set.of("cache.miss");

    private final LiveFeed feed = new LiveFeed("abc", null, 2);
    private final List<Frame> heard = new ArrayList<>();

    private void tell(String name, int number) {
        feed.tell(name, new JsonObject().put("number", number));
    }

    @Test
    void aListenerHearsWhatItWantsInOrderUntilItLeaves() {
        LiveFeed.Opened opened = feed.open(null, MISSES, heard::add);
        tell("cache.miss", 1);
        tell("cache.stored", 2);
        tell("cache.miss", 3);
        opened.close().run();
        tell("cache.miss", 4);
        assertThat(opened.missed()).isEmpty();
        assertThat(heard).extracting(Frame::data).containsExactly("{\"number\":1}", "{\"number\":3}");
        assertThat(heard.get(1).text()).isEqualTo("id: abc-3\nevent: cache.miss\ndata: {\"number\":3}\n\n");
    }

    @Test
    void whoComesBackHearsWhatIsKeptAndHowMuchIsNot() {
        for (int i = 1; i <= LiveFeed.MOST_KEPT + 10; i++) {
            tell("cache.miss", i);
        }
        assertThat(feed.open("abc-1008", MISSES, heard::add).missed()).extracting(Frame::data)
                .containsExactly("{\"number\":1009}", "{\"number\":1010}");
        List<Frame> missed = feed.open("abc-7", MISSES, heard::add).missed();
        assertThat(missed).hasSize(LiveFeed.MOST_KEPT + 1);
        assertThat(missed.get(0).name()).isEqualTo("gap");
        assertThat(new JsonObject(missed.get(0).data()).getInteger("missed")).isEqualTo(3);
        assertThat(missed.get(1).data()).isEqualTo("{\"number\":11}");
    }

    @Test
    void anIdOfAnotherFeedOrOfNoneMeansThatNobodyKnowsWhatIsMissing() {
        tell("cache.miss", 1);
        for (String id : List.of("other-1", "abc-2", "abc-x", "", "abc--5")) {
            LiveFeed.Opened opened = feed.open(id, MISSES, heard::add);
            assertThat(opened.missed()).as(id).hasSize(1);
            assertThat(new JsonObject(opened.missed().get(0).data()).getValue("missed")).isNull();
            opened.close().run();
        }
    }

    @Test
    void noMoreAreLetInThanThereIsRoomFor() {
        LiveFeed.Opened first = feed.open(null, MISSES, heard::add);
        feed.open(null, MISSES, heard::add);
        assertThat(feed.open(null, MISSES, heard::add)).isNull();
        first.close().run();
        first.close().run();
        assertThat(feed.listeners()).isEqualTo(1);
        assertThat(feed.open(null, MISSES, heard::add)).isNotNull();
    }
}

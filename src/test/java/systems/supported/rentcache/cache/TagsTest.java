package systems.supported.rentcache.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

/** What is told of an answer by its question's parameters. */
class TagsTest {
    @Test
    void tagsAreTheParametersOfPathAndQueryWithOneValue() {
        assertThat(Tags.of("{\"endpoint\":\"/p/{id}\",\"path_params\":{\"id\":\"a:b\"},\"query_params\":{\"zipCode\":\"78244\","
                + "\"x\":[\"1\",\"2\"]}}")).containsExactly("endpoint:/p/{id}", "id:a:b", "zipCode:78244");
        assertThat(Tags.of("no json")).isEmpty();
        assertThat(Tags.of("")).isEmpty();
    }

    @Property
    void theTextHasTheFragmentOfItsTagsAndOfNoOther(
            @ForAll Map<@NotEmpty String, String> parameters, @ForAll @NotEmpty String name, @ForAll String value) {
        parameters.keySet().removeIf(one -> one.contains(":"));
        String question = new JsonObject().put("query_params", new JsonObject(Map.copyOf(parameters))).encode();
        List<String> tags = Tags.of(question);
        assertThat(tags).allSatisfy(tag -> assertThat(question).contains(Tags.fragment(tag)));
        String tag = name.replace(":", "") + "n:" + value;
        assertThat(question.contains(Tags.fragment(tag))).isEqualTo(tags.contains(tag));
    }

    @Property
    void aScopeIsReadAsItWasWritten(@ForAll @NotEmpty List<@NotEmpty String> texts) {
        Invalidation.OfTags tags = new Invalidation.OfTags(
                "properties", texts.stream().map(text -> "n" + text.replace(":", "") + ":" + text).toList());
        assertThat(Invalidation.parse(tags.scope())).isEqualTo(tags);
    }
}

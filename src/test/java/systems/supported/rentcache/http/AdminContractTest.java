package systems.supported.rentcache.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** The judge of answers lets through what fits, and only that. */
class AdminContractTest {
    private static final JsonObject INVALIDATED = new JsonObject().put("$ref", "#/components/schemas/Invalidated");
    private static final JsonObject KEYS = new JsonObject().put("$ref", "#/components/schemas/Keys");

    @Test
    void whatFitsIsLetThrough() {
        AdminContract.assertValid(INVALIDATED, new JsonObject().put("seq", 3).put("count", 0), "this");
        AdminContract.assertValid(KEYS, new JsonObject()
                .put("items", new JsonArray()).put("total", 0).put("limit", 50).put("offset", 0), "this");
    }

    @Test
    void whatIsMissingOrOfAnotherTypeIsNot() {
        assertThatThrownBy(() -> AdminContract.assertValid(INVALIDATED, new JsonObject().put("seq", 3), "this"))
                .isInstanceOf(AssertionError.class).hasMessageContaining("count");
        assertThatThrownBy(() -> AdminContract.assertValid(
                INVALIDATED, new JsonObject().put("seq", "3").put("count", 0), "this"))
                .isInstanceOf(AssertionError.class);
        JsonArray half = new JsonArray().add(new JsonObject().put("id", 1));
        assertThatThrownBy(() -> AdminContract.assertValid(KEYS, new JsonObject()
                .put("items", half).put("total", 1).put("limit", 50).put("offset", 0), "this"))
                .as("a definition within a definition is followed").isInstanceOf(AssertionError.class);
    }
}

package systems.supported.rentcache.events;

import io.vertx.core.json.JsonObject;

/**
 * Nothing that was kept answers a question, and Rentcast is about to be asked. Requests that wait for the same answer
 * make one event together.
 *
 * @param asked  the question; the key is that of the first who asked
 * @param reason why Rentcast is asked, in the words of RFC 9211 §2.2: {@code uri-miss}, {@code stale}, {@code request}
 *               or {@code bypass}
 */
public record CacheMiss(AskedQuestion asked, String reason) implements Event {
    @Override
    public String address() {
        return Addresses.CACHE_MISS;
    }

    @Override
    public void addTo(JsonObject json) {
        asked.addTo(json);
        json.put("reason", reason);
    }
}

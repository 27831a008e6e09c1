package systems.supported.rentcache.cache;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import systems.supported.rentcache.catalog.CacheKey;

/** What an invalidation covers. */
public sealed interface Invalidation {
    /** Everything. */
    record All() implements Invalidation {
    }

    /**
     * All answers of an endpoint.
     *
     * @param name the catalog's name of it
     */
    record OfEndpoint(String name) implements Invalidation {
    }

    /**
     * One answer.
     *
     * @param key its key
     */
    record OfKey(CacheKey key) implements Invalidation {
    }

    /**
     * Answers fetched before a moment.
     *
     * @param endpoint the catalog's name of an endpoint, or null for all
     * @param moment   the moment
     */
    record FetchedBefore(String endpoint, Instant moment) implements Invalidation {
    }

    /**
     * Answers whose questions have some parameters.
     *
     * @param endpoint the catalog's name of an endpoint, or null for all
     * @param tags     all that the question has to have, at least one: a parameter's name, {@code :}, and its value
     */
    record OfTags(String endpoint, List<String> tags) implements Invalidation {
        /** Checks that they are tags. */
        public OfTags {
            tags = List.copyOf(tags);
            if (tags.isEmpty() || !tags.stream().allMatch(tag -> tag.indexOf(':') > 0)) {
                throw new IllegalArgumentException("no tags: " + tags);
            }
        }

        private static OfTags parse(String endpoint, String encoded) {
            return new OfTags(endpoint.isEmpty() ? null : endpoint, Stream.of(encoded.split("&"))
                    .map(tag -> URLDecoder.decode(tag, StandardCharsets.UTF_8)).toList());
        }

        private String encoded() {
            return tags.stream().map(tag -> URLEncoder.encode(tag, StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
        }
    }

    /** The text by which other processes learn of it; {@link #parse} reads it. */
    default String scope() {
        if (this instanceof OfEndpoint endpoint) {
            return "endpoint:" + endpoint.name();
        }
        if (this instanceof OfKey one) {
            return "key:" + one.key().hex();
        }
        if (this instanceof FetchedBefore before) {
            return "before:" + before.moment().toEpochMilli() + ":" + (before.endpoint() == null ? "" : before.endpoint());
        }
        if (this instanceof OfTags of) {
            return "tags:" + (of.endpoint() == null ? "" : of.endpoint()) + ":" + of.encoded();
        }
        return "all";
    }

    /** Whether a text is a scope that {@link #parse} reads. */
    static boolean isScope(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException other) {
            return false;
        }
    }

    /**
     * Reads a {@link #scope}.
     *
     * @throws IllegalArgumentException when the text is no scope
     */
    static Invalidation parse(String scope) {
        if (scope.equals("all")) {
            return new All();
        }
        String[] parts = scope.split(":", 3);
        return switch (parts[0]) {
            case "endpoint" -> new OfEndpoint(parts[1]);
            case "key" -> new OfKey(CacheKey.parse(parts[1]));
            case "before" -> new FetchedBefore(
                    parts[2].isEmpty() ? null : parts[2], Instant.ofEpochMilli(Long.parseLong(parts[1])));
            case "tags" -> OfTags.parse(parts[1], parts[2]);
            default -> throw new IllegalArgumentException("no scope of an invalidation: " + scope);
        };
    }

    /** Whether an entry with its question's text is covered. */
    default boolean covers(Entry entry) {
        if (this instanceof OfEndpoint of) {
            return entry.endpoint().equals(of.name());
        }
        if (this instanceof OfKey one) {
            return entry.key().equals(one.key());
        }
        if (this instanceof FetchedBefore before) {
            return (before.endpoint() == null || entry.endpoint().equals(before.endpoint()))
                    && entry.fetchedAt().isBefore(before.moment());
        }
        if (this instanceof OfTags of) {
            return (of.endpoint() == null || entry.endpoint().equals(of.endpoint()))
                    && of.tags().stream().allMatch(tag -> entry.question().contains(Tags.fragment(tag)));
        }
        return true;
    }
}

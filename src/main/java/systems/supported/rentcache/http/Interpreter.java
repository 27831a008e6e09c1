package systems.supported.rentcache.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.QueryParameter;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.http.Question.Dialect;
import systems.supported.rentcache.http.Question.View;
import systems.supported.rentcache.ops.Metrics;

/**
 * Makes questions of request targets, and remembers those it made by the target's text. Thread-safe; shared by all
 * event loops.
 */
final class Interpreter {
    /** Where Rentcast's paths are. */
    static final String RENTCAST_PREFIX = "/v1/";
    /** Where the original's paths are. */
    static final String ORIGINAL_PREFIX = "/api/v1/";

    private static final Logger LOG = LoggerFactory.getLogger(Interpreter.class);
    private static final int OVERHEAD = 600;
    private static final int MOST_NAMES_LOGGED = 100;

    private final Catalog catalog;
    private final UnknownParameters unknown;
    private final String origin;
    private final Metrics metrics;
    private final Cache<String, Question> remembered;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /**
     * An interpreter that remembers nothing yet.
     *
     * @param origin       names the upstream where it is not Rentcast itself, so that its answers stay apart; or null
     * @param maximumBytes about how much memory the remembered targets may take
     */
    Interpreter(Catalog catalog, UnknownParameters unknown, String origin, long maximumBytes, Metrics metrics) {
        this.catalog = catalog;
        this.unknown = unknown;
        this.origin = origin;
        this.metrics = metrics;
        this.remembered = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((String target, Question question) -> OVERHEAD + 2 * target.length()
                        + question.request().canonicalJson().length() + question.request().upstreamTarget().length())
                .executor(Runnable::run)
                .build();
    }

    /** The question of a target that was seen before; null where it was not. */
    Question remembered(String target) {
        return remembered.getIfPresent(target);
    }

    /**
     * What a target asks.
     *
     * @param target the request target in origin form, beginning with one of the two prefixes
     */
    Interpretation interpret(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        Interpretation made = target.startsWith(ORIGINAL_PREFIX)
                ? interpretOriginal(path, target)
                : made(catalog.resolve(below(path, RENTCAST_PREFIX), query(target), unknown), path, Dialect.RENTCAST,
                        View.WHOLE, null);
        if (made instanceof Interpretation.Asks asks) {
            remembered.put(target, asks.question());
        }
        return made;
    }

    private Interpretation interpretOriginal(String path, String target) {
        String relative = below(path, ORIGINAL_PREFIX);
        List<QueryParameter> parameters = parameters(target);
        if (parameters == null) {
            // The catalog says what is wrong with them.
            return made(catalog.resolve(relative, query(target), unknown), path, Dialect.ORIGINAL, View.WHOLE, null);
        }
        try {
            OriginalPaths.Target asked = OriginalPaths.translate(relative, parameters);
            return made(catalog.resolve(asked.path(), asked.parameters(), unknown), path, Dialect.ORIGINAL,
                    asked.view(), asked.endpoint());
        } catch (OriginalPaths.UnknownTypeException wrong) {
            return new Interpretation.Fails(Problem.refused(wrong.refusal(), path));
        }
    }

    private static String below(String path, String prefix) {
        return path.substring(prefix.length() - 1);
    }

    private static String query(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    /** The parameters of a target's query; null where they cannot be decoded. */
    List<QueryParameter> parameters(String target) {
        return Catalog.parameters(query(target)).orElse(null);
    }

    /** What already decoded parameters ask of one of Rentcast's paths, in the original's dialect. */
    Interpretation interpret(String path, List<QueryParameter> parameters) {
        return made(catalog.resolve(path, parameters, unknown), path, Dialect.ORIGINAL, View.WHOLE, null);
    }

    /** The same question, kept apart for one account. */
    static Question forAccount(Question question, String account) {
        CanonicalRequest apart = question.request().apart("account", account);
        return new Question(apart, question.flags(), question.dialect(), question.view(), question.endpoint());
    }

    private Interpretation made(Resolution resolution, String path, Dialect dialect, View view, String limitedAs) {
        if (resolution instanceof Resolution.Refused refused) {
            return new Interpretation.Fails(Problem.refused(refused, path));
        }
        Resolution.Asked asked = (Resolution.Asked) resolution;
        if (!asked.unknownParameters().isEmpty()) {
            noteUnknown(asked);
        }
        Endpoint endpoint = limitedAs == null
                ? asked.request().endpoint()
                : catalog.endpoint(limitedAs).orElse(asked.request().endpoint());
        CanonicalRequest request = origin == null ? asked.request() : asked.request().apart("origin", origin);
        return new Interpretation.Asks(new Question(request, asked.flags(), dialect, view, endpoint));
    }

    private void noteUnknown(Resolution.Asked asked) {
        metrics.unknownParameters().increment(asked.unknownParameters().size());
        for (String name : asked.unknownParameters()) {
            String endpoint = asked.request().endpoint().name();
            if (logged.size() < MOST_NAMES_LOGGED && logged.add(endpoint + ' ' + name)) {
                LOG.info("The parameter '{}' of {} is not in the catalog; it is passed on and keyed as sent.",
                        printable(name), endpoint);
            }
        }
    }

    private static String printable(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }
}

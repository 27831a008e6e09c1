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
import systems.supported.rentcache.catalog.QueryParameter;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.ops.Metrics;

/**
 * Makes questions of request targets, and remembers those it made by the target's text. Thread-safe; shared by all
 * event loops.
 */
final class Interpreter {
    private static final Logger LOG = LoggerFactory.getLogger(Interpreter.class);
    private static final int OVERHEAD = 600;
    private static final int MOST_NAMES_LOGGED = 100;

    private final TargetReader reader;
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
        this.reader = new TargetReader(catalog, unknown, origin);
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
        Interpretation made = noted(reader.read(target));
        if (made instanceof Interpretation.Asks asks) {
            remembered.put(target, asks.question());
        }
        return made;
    }

    /** The parameters of a target's query; null where they cannot be decoded. */
    List<QueryParameter> parameters(String target) {
        return TargetReader.parameters(target);
    }

    /** What already decoded parameters ask of one of Rentcast's paths, in the original's dialect. */
    Interpretation interpret(String path, List<QueryParameter> parameters) {
        return noted(reader.read(path, parameters));
    }

    /** The same question, kept apart for one account. */
    static Question forAccount(Question question, String account) {
        CanonicalRequest apart = question.request().apart("account", account);
        return new Question(apart, question.flags(), question.dialect(), question.view(), question.endpoint());
    }

    private Interpretation noted(Interpretation made) {
        if (made instanceof Interpretation.Asks asks && !asks.unknownParameters().isEmpty()) {
            noteUnknown(asks);
        }
        return made;
    }

    private void noteUnknown(Interpretation.Asks asks) {
        metrics.unknownParameters().increment(asks.unknownParameters().size());
        for (String name : asks.unknownParameters()) {
            String endpoint = asks.question().request().endpoint().name();
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

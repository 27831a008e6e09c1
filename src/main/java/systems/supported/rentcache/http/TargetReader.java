package systems.supported.rentcache.http;

import java.util.List;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.QueryParameter;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.config.UnknownParameters;
import systems.supported.rentcache.http.Question.Dialect;
import systems.supported.rentcache.http.Question.View;

/**
 * Makes questions of request targets. Pure: it remembers and counts nothing.
 *
 * @param catalog the endpoints
 * @param unknown what becomes of parameters that are not in the catalog
 * @param origin  names the upstream where it is not Rentcast itself, so that its answers stay apart; or null
 */
record TargetReader(Catalog catalog, UnknownParameters unknown, String origin) {
    /** Where Rentcast's paths are. */
    static final String RENTCAST_PREFIX = "/v1/";
    /** Where the original's paths are. */
    static final String ORIGINAL_PREFIX = "/api/v1/";

    /** Whether a target is one that can be read. */
    static boolean isApi(String target) {
        return target.startsWith(RENTCAST_PREFIX) || target.startsWith(ORIGINAL_PREFIX);
    }

    /**
     * What a target asks.
     *
     * @param target the request target in origin form, beginning with one of the two prefixes
     */
    Interpretation read(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return target.startsWith(ORIGINAL_PREFIX)
                ? readOriginal(path, target)
                : made(catalog.resolve(below(path, RENTCAST_PREFIX), query(target), unknown), path, Dialect.RENTCAST,
                        View.WHOLE, null);
    }

    private Interpretation readOriginal(String path, String target) {
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
    static List<QueryParameter> parameters(String target) {
        return Catalog.parameters(query(target)).orElse(null);
    }

    /** What already decoded parameters ask of one of Rentcast's paths, in the original's dialect. */
    Interpretation read(String path, List<QueryParameter> parameters) {
        return made(catalog.resolve(path, parameters, unknown), path, Dialect.ORIGINAL, View.WHOLE, null);
    }

    private Interpretation made(Resolution resolution, String path, Dialect dialect, View view, String limitedAs) {
        if (resolution instanceof Resolution.Refused refused) {
            return new Interpretation.Fails(Problem.refused(refused, path));
        }
        Resolution.Asked asked = (Resolution.Asked) resolution;
        Endpoint endpoint = limitedAs == null
                ? asked.request().endpoint()
                : catalog.endpoint(limitedAs).orElse(asked.request().endpoint());
        CanonicalRequest request = origin == null ? asked.request() : asked.request().apart("origin", origin);
        return new Interpretation.Asks(
                new Question(request, asked.flags(), dialect, view, endpoint), asked.unknownParameters());
    }
}

package systems.supported.rentcache.refresh;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.CanonicalRequest;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Flags;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.config.UnknownParameters;

/**
 * Makes questions of requests that stand in a file, and of those that are kept beside answers. Pure.
 *
 * @param catalog the upstream's endpoints
 * @param unknown what becomes of parameters that are not in the catalog
 * @param origin  names the upstream where it is not Rentcast itself, so that its answers stay apart; or null
 */
public record QuestionReader(Catalog catalog, UnknownParameters unknown, String origin) {
    private static final String VERSION = "/v1";
    private static final String COMMENT = "#";
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int LONGEST_SHOWN = 80;

    /**
     * A line that asks no question that could be kept.
     *
     * @param number which line it is, from 1
     * @param text   what it says, shortened
     * @param fault  what is wrong with it
     */
    public record WrongLine(int number, String text, String fault) {
        @Override
        public String toString() {
            return "line " + number + ": " + text + ": " + fault;
        }
    }

    /**
     * What the lines of a file ask.
     *
     * @param requests the questions, in the order of the lines; one may be there more than once
     * @param wrong    the lines that ask none
     */
    public record Lines(List<CanonicalRequest> requests, List<WrongLine> wrong) {
    }

    /** What lines ask: a request each, such as {@code /v1/properties?zipCode=78244}, a comment after #, or nothing. */
    public Lines read(List<String> lines) {
        List<CanonicalRequest> requests = new ArrayList<>();
        List<WrongLine> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replace(BYTE_ORDER_MARK, "").strip();
            if (line.isEmpty() || line.startsWith(COMMENT)) {
                continue;
            }
            Resolution resolution = line.startsWith("/") ? resolve(line) : null;
            String fault = fault(resolution);
            if (fault == null) {
                requests.add(ofOrigin(((Resolution.Asked) resolution).request()));
            } else {
                wrong.add(new WrongLine(i + 1, shown(line), fault));
            }
        }
        return new Lines(requests, wrong);
    }

    /**
     * The question of a kept answer.
     *
     * @param target path and query as they were sent upstream
     * @param key    of the answer
     * @return it; empty where the target asks another question by now, or another upstream was asked
     */
    public Optional<CanonicalRequest> of(String target, CacheKey key) {
        return resolve(target) instanceof Resolution.Asked asked
                ? Optional.of(ofOrigin(asked.request())).filter(request ->
                        request.key().equals(key) && request.endpoint().cacheable())
                : Optional.empty();
    }

    private Resolution resolve(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return catalog.resolve(
                path.startsWith(VERSION + "/") ? path.substring(VERSION.length()) : path,
                mark < 0 ? null : target.substring(mark + 1), unknown);
    }

    private CanonicalRequest ofOrigin(CanonicalRequest request) {
        return origin == null ? request : request.apart("origin", origin);
    }

    /** What is wrong with a line; null where nothing is. */
    private static String fault(Resolution resolution) {
        if (resolution == null) {
            return "a request begins with /, such as /v1/properties?zipCode=78244";
        }
        if (resolution instanceof Resolution.Refused refused) {
            return refused.reason() == Resolution.Reason.UNKNOWN_PATH
                    ? "no endpoint of Rentcast has this path"
                    : refused.violations().stream()
                            .map(violation -> (violation.parameter().isEmpty()
                                    ? "the request" : "'" + violation.parameter() + "'") + " was given "
                                    + (violation.given().isEmpty() ? "nothing" : "'" + violation.given() + "'")
                                    + "; allowed: " + violation.allowed())
                            .collect(Collectors.joining(". "));
        }
        Resolution.Asked asked = (Resolution.Asked) resolution;
        if (!asked.request().endpoint().cacheable()) {
            return "answers of " + asked.request().endpoint().name() + " are never kept";
        }
        return asked.flags().equals(Flags.NONE) ? null : "force_refresh and ttl_override have no place here";
    }

    private static String shown(String line) {
        String visible = line.replaceAll("\\p{Cntrl}", "?");
        return visible.length() > LONGEST_SHOWN ? visible.substring(0, LONGEST_SHOWN) + "…" : visible;
    }
}

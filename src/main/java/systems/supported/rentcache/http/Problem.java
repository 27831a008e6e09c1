package systems.supported.rentcache.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.Authentication;
import systems.supported.rentcache.cache.UpstreamFailure;
import systems.supported.rentcache.catalog.Resolution;
import systems.supported.rentcache.limits.Admission;

/**
 * An answer that says what went wrong and how to mend it (RFC 9457). Besides the RFC's members it has Rentcast's own
 * {@code error} and {@code message}, so that a client written for Rentcast reads it as one of Rentcast's errors.
 *
 * @param type              the kind of problem, stable: {@code urn:rentcache:problem:} and a name
 * @param status            the answer's status
 * @param error             Rentcast's code for the like of it
 * @param title             the kind in words, the same for all of its kind
 * @param detail            what happened this time, and what to do
 * @param members           further members of the JSON
 * @param retryAfterSeconds the value of {@code Retry-After}, or 0 for none
 */
record Problem(
        String type,
        int status,
        String error,
        String title,
        String detail,
        Map<String, Object> members,
        long retryAfterSeconds) {

    static final String MEDIA_TYPE = "application/problem+json";
    /** The reasons for which a request is refused before anybody is asked. */
    static final List<String> REFUSALS = List.of(
            "api-key-invalid", "api-key-missing", "host-not-allowed", "invalid-parameter", "key-store-unavailable",
            "limits-unavailable", "malformed-request", "method-not-allowed", "path-unknown", "permission-missing",
            "quota-exceeded", "rate-limit-exceeded", "request-too-large", "request-too-slow", "too-many-bad-keys",
            "too-many-parameters",
            "unknown-parameter");

    private static final int ROLE_BACK_SECONDS = 5;
    private static final String TYPE_PREFIX = "urn:rentcache:problem:";

    private static Problem of(String type, int status, String error, String title, String detail) {
        return new Problem(TYPE_PREFIX + type, status, error, title, detail, Map.of(), 0);
    }

    private Problem with(String member, Object value) {
        return new Problem(type, status, error, title, detail, Map.of(member, value), retryAfterSeconds);
    }

    private Problem retryAfter(long seconds) {
        return new Problem(type, status, error, title, detail, members, seconds);
    }

    /** The last part of the type: the reason's name in metrics. */
    String reason() {
        return type.substring(TYPE_PREFIX.length());
    }

    /**
     * The answer's body.
     *
     * @param requestId the request's name, or null where it has none
     */
    JsonObject toJson(String requestId) {
        JsonObject json = new JsonObject()
                .put("type", type)
                .put("title", title)
                .put("status", status)
                .put("detail", detail);
        members.forEach(json::put);
        json.put("error", error).put("message", detail);
        return requestId == null ? json : json.put("requestId", requestId);
    }

    static Problem keyMissing() {
        return of("api-key-missing", 401, "auth/api-key-invalid", "API key missing",
                "Send your RentCache key in the header X-Api-Key, or as Authorization: Bearer KEY.");
    }

    static Problem keyUnknown() {
        return of("api-key-invalid", 401, "auth/api-key-invalid", "API key invalid",
                "The key is unknown, revoked or expired. Ask the operator of this RentCache for a new one.");
    }

    private static Problem keyStoreAway() {
        return of("key-store-unavailable", 503, "server/unavailable", "Keys cannot be checked",
                "The key was not seen before and the store of keys cannot be asked at the moment. Try again soon.")
                .retryAfter(5);
    }

    private static Problem tooManyBadKeys(long retryAfterSeconds) {
        return of("too-many-bad-keys", 429, "auth/rate-limit-exceeded", "Too many unknown keys",
                "Too many unknown keys came from your address, so this one was not looked for. Try again in "
                        + retryAfterSeconds + " s, or with a key that is known to this RentCache.")
                .with("retryAfterSeconds", retryAfterSeconds)
                .retryAfter(retryAfterSeconds);
    }

    /** Why a key is not accepted. */
    static Problem notAccepted(Authentication authentication) {
        if (authentication instanceof Authentication.Throttled throttled) {
            return tooManyBadKeys(throttled.retryAfterSeconds());
        }
        return authentication instanceof Authentication.Unavailable ? keyStoreAway() : keyUnknown();
    }

    static Problem permissionMissing(String permission, String what) {
        return of("permission-missing", 403, "auth/permission-missing", "Permission missing",
                what + " needs a key with the permission '" + permission + "'.").with("permission", permission);
    }

    static Problem pathUnknown(String path) {
        return of("path-unknown", 404, "resource/not-found", "Path unknown",
                "There is nothing at " + path + ". Rentcast's endpoints are under /v1; one that this RentCache does "
                        + "not know yet can be added to its configuration.");
    }

    static Problem methodNotAllowed(String method, String allowed) {
        return of("method-not-allowed", 405, "resource/method-not-allowed", "Method not allowed",
                "This path does not answer " + method + "; it answers " + allowed + ".").with("allowed", allowed);
    }

    static Problem hostNotAllowed() {
        return of("host-not-allowed", 400, "resource/bad-request", "Host not allowed",
                "The Host header names none of the hosts that this RentCache serves (ALLOWED_HOSTS).");
    }

    static Problem malformed(String detail) {
        return of("malformed-request", 400, "resource/bad-request", "Malformed request", detail);
    }

    static Problem tooLarge(int status, String what, long limit) {
        return of("request-too-large", status, "resource/bad-request", "Request too large",
                "The request's " + what + " is larger than the " + limit + " bytes that are accepted.")
                .with("limitBytes", limit);
    }

    static Problem mediaTypeUnsupported(String given, String wanted) {
        return of("media-type-unsupported", 415, "resource/bad-request", "Media type not supported",
                "The body was sent as " + (given == null ? "nothing in particular" : given.replaceAll("\\p{Cntrl}", "?"))
                        + "; send it with Content-Type: " + wanted + ".");
    }

    static Problem bodyTooSlow() {
        return of("request-too-slow", 408, "resource/bad-request", "Request too slow",
                "The request's body did not arrive in time. Send it again on a new connection.");
    }

    static Problem internal() {
        return of("internal-error", 500, "server/error", "Internal error",
                "RentCache failed to answer. The operator finds the cause in the log under this request's id.");
    }

    static Problem refused(RefusedCall refused) {
        String error = switch (refused.status()) {
            case 404 -> "resource/not-found";
            case 409 -> "resource/conflict";
            case 503 -> "server/unavailable";
            default -> "resource/bad-request";
        };
        return of(refused.reason(), refused.status(), error, refused.title(), refused.getMessage());
    }

    static Problem refused(Resolution.Refused refused, String path) {
        if (refused.reason() == Resolution.Reason.UNKNOWN_PATH) {
            return pathUnknown(path);
        }
        List<String> sentences = new ArrayList<>();
        JsonArray violations = new JsonArray();
        refused.violations().forEach(violation -> {
            boolean named = !violation.parameter().isEmpty();
            sentences.add((named ? "'" + violation.parameter() + "'" : "The request") + " was given "
                    + (violation.given().isEmpty() ? "nothing" : "'" + violation.given() + "'")
                    + "; allowed: " + violation.allowed() + ".");
            violations.add(new JsonObject()
                    .put("parameter", violation.parameter())
                    .put("given", violation.given())
                    .put("allowed", violation.allowed()));
        });
        String type = switch (refused.reason()) {
            case INVALID_PARAMETER -> "invalid-parameter";
            case UNKNOWN_PARAMETER -> "unknown-parameter";
            case TOO_MANY_PARAMETERS -> "too-many-parameters";
            case MALFORMED, UNKNOWN_PATH -> "malformed-request";
        };
        String title = switch (refused.reason()) {
            case INVALID_PARAMETER -> "Invalid parameter";
            case UNKNOWN_PARAMETER -> "Unknown parameter";
            case TOO_MANY_PARAMETERS -> "Too many parameters";
            case MALFORMED, UNKNOWN_PATH -> "Malformed request";
        };
        return of(type, 400, "resource/bad-request", title, String.join(" ", sentences))
                .with("violations", violations);
    }

    private static Problem limitsUnavailable() {
        return of("limits-unavailable", 503, "server/unavailable", "Limits cannot be checked",
                "Every request is counted by Redis here, which cannot be asked at the moment. Try again soon.")
                .retryAfter(1);
    }

    static Problem limited(Admission admission, String endpoint) {
        if (admission.refusal() == Admission.Refusal.STORE_AWAY) {
            return limitsUnavailable();
        }
        String detail = switch (admission.refusal()) {
            case GLOBAL_RATE -> "The key's limit of requests to all endpoints is used up.";
            case ENDPOINT_RATE -> "The key's limit of requests to " + endpoint + " is used up.";
            case DAILY_QUOTA -> "The key's requests for today are used up.";
            case MONTHLY_QUOTA -> "The key's requests for this month are used up.";
            case STORE_AWAY -> throw new IllegalStateException("not a limit");
        };
        boolean quota = admission.refusal() == Admission.Refusal.DAILY_QUOTA
                || admission.refusal() == Admission.Refusal.MONTHLY_QUOTA;
        return of(quota ? "quota-exceeded" : "rate-limit-exceeded", 429, "auth/rate-limit-exceeded",
                quota ? "Quota exceeded" : "Rate limit exceeded",
                detail + " Try again in " + admission.retryAfterSeconds() + " s.")
                .with("retryAfterSeconds", admission.retryAfterSeconds())
                .retryAfter(admission.retryAfterSeconds());
    }

    static Problem notCached() {
        return of("not-cached", 504, "server/not-cached", "Nothing is kept",
                "The request says only-if-cached, and no answer to it is kept. Ask without it to have Rentcast asked.");
    }

    static Problem upstreamTooLarge() {
        return of("upstream-too-large", 502, "server/upstream-too-large", "Rentcast's answer is too large",
                "Rentcast's answer is larger than what is held (MAX_CACHED_BODY), and only a part of it was asked for. "
                        + "Ask for the whole estimate, which is passed on as it comes.");
    }

    static Problem upstreamBroken() {
        return of("upstream-broken", 502, "server/upstream-broken", "Rentcast's answer was broken",
                "Rentcast's answer was cut off or is not what it should be. The request was right; try again.");
    }

    static Problem upstream(UpstreamFailure failure) {
        long retryAfter = failure.retryAfter() == null ? 1 : Math.max(1, failure.retryAfter().toSeconds());
        return switch (failure.kind()) {
            case UNREACHABLE -> of("upstream-unreachable", 502, "server/upstream-unreachable", "Rentcast unreachable",
                    "Rentcast could not be connected to. The request was right; nothing was billed. Try again later.");
            case TIMED_OUT -> of("upstream-timeout", 504, "server/upstream-timeout", "Rentcast timed out",
                    "Rentcast did not answer in time. The request was right; try again, or ask for less at once.");
            case KEY_REFUSED -> of("upstream-key-refused", 502, "server/upstream-key-refused",
                    "Rentcast refused the key",
                    "Rentcast refused the key that this RentCache paid with, or its plan. The request was right; the "
                            + "operator has to look at RENTCAST_API_KEY and the account's billing.");
            case RATE_LIMITED -> of("upstream-rate-limited", 503, "server/upstream-rate-limited",
                    "Rentcast's limit is reached",
                    "Rentcast's limit of calls a second is reached. The request was right; try again in "
                            + retryAfter + " s.").retryAfter(retryAfter);
            case SERVER_ERROR -> of("upstream-error", failure.status() == 503 ? 503 : 502, "server/upstream-error",
                    "Rentcast failed",
                    "Rentcast answered with the status " + failure.status() + ". The request was right; nothing was "
                            + "billed. Try again later.").retryAfter(failure.status() == 503 ? retryAfter : 0);
            case BROKEN -> upstreamBroken();
            case QUEUE_FULL, GAVE_WAY -> of("upstream-busy", 503, "server/upstream-busy", "Too many calls wait",
                    "More questions wait for Rentcast than it may be asked in the next seconds. Rentcast was not "
                            + "asked; try again in " + retryAfter + " s.").retryAfter(retryAfter);
            case BUDGET_SPENT -> budgetSpent(failure.spent()).retryAfter(retryAfter);
            case BUDGET_UNKNOWN -> of("budget-unavailable", 503, "server/unavailable", "Budgets cannot be checked",
                    "Whether a budget still allows this call cannot be found out at the moment. Rentcast was not "
                            + "asked; try again in " + retryAfter + " s.").retryAfter(retryAfter);
            case CIRCUIT_OPEN -> of("upstream-circuit-open", 503, "server/upstream-circuit-open", "Rentcast is failing",
                    "The last calls to this endpoint of Rentcast failed, so it is left alone for a while. The request "
                            + "was right; Rentcast was not asked and nothing was billed. Try again in " + retryAfter
                            + " s.").retryAfter(retryAfter);
            case NO_LOOKUP_NODE -> roleMissing("lookup");
            case NO_UPSTREAM_NODE -> roleMissing("upstream");
        };
    }

    private static Problem roleMissing(String role) {
        return of("role-missing", 503, "server/unavailable", "A part of the cluster is missing",
                "No node of this RentCache that can be reached has the role '" + role + "'. The request was right; "
                        + "Rentcast was not asked. Try again in " + ROLE_BACK_SECONDS + " s; the operator has to start a "
                        + "node with that role.").with("role", role).retryAfter(ROLE_BACK_SECONDS);
    }

    private static Problem budgetSpent(UpstreamFailure.SpentBudget spent) {
        String whose = switch (spent.scope()) {
            case "key" -> "this key";
            case "endpoint" -> "the endpoint " + spent.name();
            default -> "the whole account";
        };
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("budget", spent.scope());
        members.put("renewsAt", spent.renewsAt().toString());
        Problem problem = of("budget-spent", 402, "billing/budget-spent", "Budget spent",
                "The monthly budget of " + whose + " is spent. It renews at " + spent.renewsAt()
                        + ". Until then only what is kept is answered. Rentcast was not asked.");
        return new Problem(
                problem.type, problem.status, problem.error, problem.title, problem.detail, members, 0);
    }
}

package systems.supported.rentcache.sandbox;

import io.vertx.core.json.JsonObject;

/** A call that is answered with one of Rentcast's errors. Has no stack trace: it is an answer, not a fault. */
final class RentcastError extends RuntimeException {
    private final int status;
    private final String error;

    RentcastError(int status, String error, String message) {
        super(message, null, false, false);
        this.status = status;
        this.error = error;
    }

    static RentcastError badRequest(String message) {
        return new RentcastError(400, "resource/bad-request", message);
    }

    static RentcastError notFound(String message) {
        return new RentcastError(404, "resource/not-found", message);
    }

    /** The error that Rentcast sends with a status, with a message that says that the sandbox was told to. */
    static RentcastError onRequest(int status) {
        String error = switch (status) {
            case 401 -> "auth/api-key-invalid";
            case 403 -> "billing/subscription-inactive";
            case 404 -> "resource/not-found";
            case 429 -> "auth/rate-limit-exceeded";
            default -> status < 500 ? "resource/bad-request" : status == 504 ? "server/timeout" : "server/error";
        };
        return new RentcastError(status, error, "The sandbox was told to answer " + status + ".");
    }

    int status() {
        return status;
    }

    /** The body in Rentcast's form. */
    JsonObject toJson() {
        return new JsonObject().put("status", status).put("error", error).put("message", getMessage());
    }
}

package systems.supported.rentcache.admin;

import io.vertx.core.Future;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A call of the admin API that cannot be done, by a fault of the caller's or for want of something. */
public final class RefusedCall extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;
    private final String title;
    /** Null where no single parameter is at fault. */
    private final transient Parameter parameter;

    private RefusedCall(int status, String reason, String title, String detail) {
        this(status, reason, title, detail, null);
    }

    private RefusedCall(int status, String reason, String title, String detail, Parameter parameter) {
        super(detail, null, false, false);
        this.status = status;
        this.reason = reason;
        this.title = title;
        this.parameter = parameter;
    }

    private record Parameter(String name, Object given, String allowed) {
    }

    /** A parameter or a member of the body has a value that is not allowed. */
    public static RefusedCall invalid(String name, Object given, String allowed) {
        return new RefusedCall(400, "invalid-parameter", "Invalid parameter",
                "'" + name + "' was given '" + given + "'; allowed: " + allowed + ".",
                new Parameter(name, given, allowed));
    }

    /** The same, where the caller knows the parameter that is at fault by a name of its own. */
    public RefusedCall named(UnaryOperator<String> theirs) {
        return parameter == null ? this : invalid(theirs.apply(parameter.name), parameter.given, parameter.allowed);
    }

    /** The call as a whole makes no sense. */
    public static RefusedCall malformed(String detail) {
        return new RefusedCall(400, "malformed-request", "Malformed request", detail);
    }

    /** What the call names is not there. */
    public static RefusedCall notFound(String detail) {
        return new RefusedCall(404, "not-found", "Not found", detail);
    }

    /** What the call wants contradicts what is there. */
    public static RefusedCall conflict(String detail) {
        return new RefusedCall(409, "conflict", "Conflict", detail);
    }

    /** What the call needs does not work at the moment. */
    public static RefusedCall unavailable(String detail) {
        return new RefusedCall(503, "unavailable", "Unavailable at the moment", detail);
    }

    /** What an operation answers; where it refuses the call at once, that as a failed future. */
    static Future<Document> orFailed(Supplier<Future<Document>> operation) {
        try {
            return operation.get();
        } catch (RefusedCall refused) {
            return Future.failedFuture(refused);
        }
    }

    /** The status of HTTP that says the same. */
    public int status() {
        return status;
    }

    /** The kind of fault, stable: the last part of the problem's type. */
    public String reason() {
        return reason;
    }

    /** The kind in words. */
    public String title() {
        return title;
    }
}

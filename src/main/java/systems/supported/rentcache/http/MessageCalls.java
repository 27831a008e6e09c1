package systems.supported.rentcache.http;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.Optional;
import systems.supported.rentcache.admin.Call;
import systems.supported.rentcache.admin.Document;
import systems.supported.rentcache.admin.RefusedCall;
import systems.supported.rentcache.auth.ApiKey;

/**
 * Makes calls of messages, and checks them against the contract as those over HTTP are. A message is the operation's
 * body; where it takes none, the message's members are its parameters. Thread-safe.
 */
final class MessageCalls {
    private final AdminApi api;
    private final CallFaults faults;

    MessageCalls(AdminApi api) {
        this.api = api;
        this.faults = new CallFaults(api.document());
    }

    /**
     * The call that a message makes.
     *
     * @param operation the operation's id in the contract
     * @param caller    whose key the message has
     * @throws RefusedCall where the contract does not allow it
     */
    Call of(String operation, JsonObject message, ApiKey caller) {
        Operation described = api.contract().operation(operation);
        if (described.getRequestBody() == null) {
            checkParameters(described, message);
            return new Call(message, new JsonObject(), caller);
        }
        JsonSchema schema = described.getRequestBody().getContent().get(Document.JSON).getSchema();
        if (!fits(schema, message)) {
            throw faults.ofBody(described.getOpenAPIPath(), described.getHttpMethod().name(), message.toBuffer())
                    .orElseGet(() -> RefusedCall.malformed("The contract of '" + operation + "' does not allow this."));
        }
        return new Call(new JsonObject(), message, caller);
    }

    private void checkParameters(Operation described, JsonObject message) {
        String path = described.getOpenAPIPath();
        String method = described.getHttpMethod().name();
        Optional<RefusedCall> unknown = faults.ofUnknown(path, method, message.fieldNames());
        if (unknown.isPresent()) {
            throw unknown.get();
        }
        for (Parameter parameter : described.getParameters()) {
            Object value = message.getValue(parameter.getName());
            if (value == null ? parameter.isRequired() : !fits(parameter.getSchema(), value)) {
                throw faults.ofParameterNamed(
                        path, method, parameter.getName(), value == null ? null : String.valueOf(value)).orElseThrow();
            }
        }
    }

    private boolean fits(JsonSchema schema, Object value) {
        return api.contract().getSchemaRepository().validator(schema).validate(value).getValid();
    }
}

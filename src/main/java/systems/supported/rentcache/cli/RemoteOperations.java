package systems.supported.rentcache.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import systems.supported.rentcache.http.AdminApi;

/** Operations that a running server does, over its admin API. */
final class RemoteOperations implements Operations {
    private static final String BASE = "/admin/v1";
    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int UNAUTHORIZED = 401;
    private static final int FIRST_FAILURE = 400;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TO_CONNECT)
            .build();
    private final String server;
    private final String key;

    /**
     * Those of a server.
     *
     * @param server its address, without a slash at its end
     * @param key    the value of a key with the permission admin
     */
    RemoteOperations(String server, String key) {
        this.server = server;
        this.key = key;
    }

    /**
     * Where an operation is reached.
     *
     * @param method the method of HTTP
     * @param path   below the API's beginning, with its parameters in braces
     */
    private record Place(String method, String path) {
        private static Place of(String operation) {
            for (Map.Entry<String, Object> path : AdminApi.describe().getJsonObject("paths")) {
                for (Map.Entry<String, Object> method : (JsonObject) path.getValue()) {
                    if (method.getValue() instanceof JsonObject described
                            && operation.equals(described.getString("operationId"))) {
                        return new Place(method.getKey().toUpperCase(Locale.ROOT), path.getKey());
                    }
                }
            }
            throw new IllegalArgumentException("the contract has no operation " + operation);
        }

        private String target(JsonObject parameters) {
            String filled = path;
            JsonObject query = parameters.copy();
            for (String name : parameters.fieldNames()) {
                if (filled.contains("{" + name + "}")) {
                    filled = filled.replace("{" + name + "}", encoded(query.remove(name)));
                }
            }
            return filled + (query.isEmpty() ? "" : "?" + query.stream()
                    .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                    .collect(Collectors.joining("&")));
        }

        private static String encoded(Object value) {
            return URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    @Override
    public String answer(String operation, JsonObject parameters, JsonObject body) throws CommandFailure {
        Place place = Place.of(operation);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + BASE + place.target(parameters)))
                .timeout(PATIENCE)
                .header("X-Api-Key", key)
                .header("Accept", "application/json, text/csv");
        boolean reads = place.method.equals("GET") || place.method.equals("DELETE");
        if (!reads) {
            request.header("Content-Type", "application/json");
        }
        request.method(place.method, reads
                ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.encode()));
        return checked(send(request.build()));
    }

    private HttpResponse<String> send(HttpRequest request) throws CommandFailure {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new CommandFailure("No server answers at " + server + ".");
        } catch (HttpTimeoutException e) {
            throw new CommandFailure("The server at " + server + " did not answer within " + PATIENCE.toSeconds()
                    + " s. What was asked for may have been done all the same.");
        } catch (IOException e) {
            throw new CommandFailure("The connection to " + server + " broke off: " + e.getMessage() + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted.");
        }
    }

    private String checked(HttpResponse<String> response) throws CommandFailure {
        int status = response.statusCode();
        if (status < FIRST_FAILURE && response.headers().firstValue("Content-Type").orElse("").startsWith("text/csv")) {
            return response.body();
        }
        JsonObject document;
        try {
            document = new JsonObject(response.body());
        } catch (DecodeException | ClassCastException e) {
            throw new CommandFailure("What answers at " + server + " is not RentCache.");
        }
        if (status < FIRST_FAILURE) {
            return response.body();
        }
        String type = document.getString("type", "");
        if (status == UNAUTHORIZED) {
            throw new CommandFailure("The server at " + server + " does not accept the admin key: it is unknown there, "
                    + "revoked or expired.");
        }
        if (type.endsWith(":path-unknown")) {
            throw new CommandFailure("The server at " + server + " has no admin API there. Where ADMIN_PORT is set, "
                    + "the admin API is on that port.");
        }
        throw new CommandFailure(document.getString("detail", "The server answered with status " + status + "."), status);
    }

    @Override
    public String place() {
        return server;
    }

    @Override
    public void close() {
        // The client's connections end with the process.
    }
}

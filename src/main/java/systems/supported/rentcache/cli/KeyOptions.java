package systems.supported.rentcache.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.Expiry;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
import systems.supported.rentcache.limits.Quota;
import systems.supported.rentcache.limits.Rate;

/** The options that say what a key is to be. What is not given stays as it was. */
final class KeyOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--daily-limit", paramLabel = "N|unlimited", description = "Requests a calendar day.")
    private QuotaLimit dailyLimit;

    @Option(names = "--monthly-limit", paramLabel = "N|unlimited", description = "Requests a calendar month.")
    private QuotaLimit monthlyLimit;

    @Option(names = "--expires", paramLabel = "WHEN",
            description = "When the key stops being accepted: " + Expiry.ALLOWED + ".")
    private Expiry expires;

    @Option(names = "--permission", paramLabel = "NAME[,NAME]",
            description = "What the key may do: " + Permission.ALLOWED + ". May be repeated.")
    private Permissions[] permissions;

    @Option(names = "--rate", paramLabel = "RATE",
            description = "Requests over all endpoints: " + RateChoice.ALLOWED + ".")
    private RateChoice rate;

    @Option(names = "--endpoint-rate", paramLabel = "[ENDPOINT=]RATE",
            description = "Requests to one endpoint, such as value_estimate=30/minute; without a name, to each of "
                    + "them. May be repeated.")
    private EndpointRate[] endpointRates;

    /**
     * What the options say, as the admin API takes it.
     *
     * @throws ParameterException when an endpoint is unknown or the expiry is in the past
     * @throws SettingsException  when the settings' endpoints are wrong
     */
    JsonObject body(Settings settings, Instant now) throws SettingsException {
        JsonObject body = new JsonObject();
        if (permissions != null) {
            body.put("permissions", permissions());
        }
        if (dailyLimit != null) {
            body.put("dailyLimit", limit(dailyLimit));
        }
        if (monthlyLimit != null) {
            body.put("monthlyLimit", limit(monthlyLimit));
        }
        if (rate != null) {
            body.put("rate", text(rate));
        }
        if (endpointRates != null) {
            body.put("endpointRates", rates(RentCacheCommand.catalog(settings)));
        }
        if (expires != null) {
            body.put("expiresAt", expiry(settings, now));
        }
        return body;
    }

    /** The same for a key that is to be made: what is to be as configured is left out. */
    JsonObject newBody(String name, Settings settings, Instant now) throws SettingsException {
        JsonObject body = body(settings, now).put("name", name);
        if (body.containsKey("endpointRates")) {
            JsonObject rates = body.getJsonObject("endpointRates");
            List.copyOf(rates.fieldNames()).stream()
                    .filter(endpoint -> rates.getValue(endpoint) == null).forEach(rates::remove);
        }
        return body;
    }

    private JsonArray permissions() {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        for (Permissions some : permissions) {
            all.addAll(some.set());
        }
        return new JsonArray(all.stream().map(Permission::text).toList());
    }

    private static Long limit(QuotaLimit limit) {
        return limit.requests() == Quota.UNLIMITED ? null : limit.requests();
    }

    private static String text(RateChoice choice) {
        return choice.rate().map(Rate::toString).orElse(null);
    }

    private JsonObject rates(Catalog catalog) {
        JsonObject rates = new JsonObject();
        for (EndpointRate change : endpointRates) {
            if (change.endpoint().isPresent()) {
                rates.put(change.endpoint().get().in(catalog, command()), text(change.rate()));
            } else {
                catalog.endpoints().stream()
                        .map(Endpoint::name)
                        .forEach(endpoint -> rates.put(endpoint, text(change.rate())));
            }
        }
        return rates;
    }

    private String expiry(Settings settings, Instant now) {
        Instant moment = expires.at(now, settings.limiting().zone());
        if (moment != null && !moment.isAfter(now)) {
            throw new ParameterException(command(), "Invalid value for option '--expires': " + moment
                    + " is in the past; allowed: a time to come, or never");
        }
        return moment == null ? null : moment.toString();
    }

    private CommandLine command() {
        return command.commandLine();
    }
}

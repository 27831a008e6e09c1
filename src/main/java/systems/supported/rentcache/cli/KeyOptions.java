package systems.supported.rentcache.cli;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import systems.supported.rentcache.admin.Expiry;
import systems.supported.rentcache.auth.KeySpec;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.config.SettingsException;
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
     * A key as the options say.
     *
     * @param base what it is without them
     * @throws ParameterException when an endpoint is unknown or the expiry is in the past
     * @throws SettingsException  when the settings' endpoints are wrong
     */
    KeySpec over(KeySpec base, Settings settings, Instant now) throws SettingsException {
        return new KeySpec(
                base.name(),
                permissions == null ? base.permissions() : permissions(),
                dailyLimit == null ? base.dailyLimit() : dailyLimit.requests(),
                monthlyLimit == null ? base.monthlyLimit() : monthlyLimit.requests(),
                rate == null ? base.rate() : rate.rate(),
                endpointRates == null ? base.endpointRates() : rates(base, RentCacheCommand.catalog(settings)),
                expires == null ? base.expiresAt() : expiry(settings, now));
    }

    private Set<Permission> permissions() {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        for (Permissions some : permissions) {
            all.addAll(some.set());
        }
        return all;
    }

    private Map<String, Rate> rates(KeySpec base, Catalog catalog) {
        Map<String, Rate> rates = new TreeMap<>(base.endpointRates());
        for (EndpointRate change : endpointRates) {
            if (change.endpoint().isPresent()) {
                put(rates, change.endpoint().get().in(catalog, command()), change.rate().rate());
            } else {
                rates.clear();
                catalog.endpoints().stream()
                        .map(Endpoint::name)
                        .forEach(endpoint -> put(rates, endpoint, change.rate().rate()));
            }
        }
        return rates;
    }

    private static void put(Map<String, Rate> rates, String endpoint, Optional<Rate> rate) {
        rate.ifPresentOrElse(own -> rates.put(endpoint, own), () -> rates.remove(endpoint));
    }

    private Instant expiry(Settings settings, Instant now) {
        Instant moment = expires.at(now, settings.limiting().zone());
        if (moment != null && !moment.isAfter(now)) {
            throw new ParameterException(command(), "Invalid value for option '--expires': " + moment
                    + " is in the past; allowed: a time to come, or never");
        }
        return moment;
    }

    private CommandLine command() {
        return command.commandLine();
    }
}

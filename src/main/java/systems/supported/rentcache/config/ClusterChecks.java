package systems.supported.rentcache.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import systems.supported.rentcache.config.SettingsException.Problem;

/** Which settings of a cluster do not go together. */
final class ClusterChecks {
    private static final Set<Role> KEYS_GO_BY = Set.of(Role.LOOKUP, Role.UPSTREAM);

    private ClusterChecks() {
    }

    static void check(SettingValues values, List<Problem> problems) {
        boolean enabled = values.get(SettingCatalog.CLUSTER_ENABLED);
        if (!enabled && !values.get(SettingCatalog.ROLES).equals(Role.ALL)) {
            problems.add(problem(values, SettingCatalog.ROLES,
                    String.join(",", Role.words(values.get(SettingCatalog.ROLES))),
                    "allowed: all of them where CLUSTER is false, for there is nobody else to do the rest"));
        }
        if (enabled && values.get(SettingCatalog.DATABASE_URL) instanceof DatabaseUrl.Sqlite
                && hasBudget(values) && !values.get(SettingCatalog.BUDGET_PER_NODE)) {
            problems.add(problem(values, SettingCatalog.CLUSTER_ENABLED, "true",
                    "a cluster whose nodes each have their own SQLite can't share a budget; set DATABASE_URL to a "
                            + "postgresql:// URL that all nodes have, or BUDGET_PER_NODE=true to let each node spend "
                            + "the whole budget"));
        }
        Set<Role> roles = values.get(SettingCatalog.ROLES);
        if (values.get(SettingCatalog.UPSTREAM_KEY) == UpstreamKey.CONSUMER && !values.get(SettingCatalog.SANDBOX)
                && roles.contains(Role.HTTP) && !roles.containsAll(KEYS_GO_BY)) {
            problems.add(problem(values, SettingCatalog.ROLES, String.join(",", Role.words(roles)),
                    "allowed: http together with lookup and upstream where UPSTREAM_KEY is consumer, for the consumers' "
                            + "keys never leave the process"));
        }
        checkTls(values, problems);
    }

    private static boolean hasBudget(SettingValues values) {
        return values.get(SettingCatalog.BUDGET_MONTHLY_CALLS).isPresent()
                || values.get(SettingCatalog.BUDGET_MONTHLY_DOLLARS).isPresent();
    }

    private static void checkTls(SettingValues values, List<Problem> problems) {
        List<Setting<?>> missing = Stream.of(
                        SettingCatalog.CLUSTER_TLS_CERT, SettingCatalog.CLUSTER_TLS_KEY, SettingCatalog.CLUSTER_TLS_CA)
                .filter(setting -> values.get(setting).isEmpty())
                .<Setting<?>>map(setting -> setting)
                .toList();
        if (missing.size() == 1 || missing.size() == 2) {
            missing.forEach(setting -> problems.add(new Problem(
                    setting.name(), "", "not set",
                    "set it: the event bus is encrypted with CLUSTER_TLS_CERT, CLUSTER_TLS_KEY and CLUSTER_TLS_CA "
                            + "together, or without any of them")));
        }
    }

    private static Problem problem(SettingValues values, Setting<?> setting, String value, String allowed) {
        return new Problem(setting.name(), value, values.source(setting), allowed);
    }
}

package systems.supported.rentcache.http;

import systems.supported.rentcache.auth.ApiKey;
import systems.supported.rentcache.auth.Permission;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.catalog.Flags;

/** Which of the directives that can cost money a key may use. Pure. */
final class DirectiveRights {
    private DirectiveRights() {
    }

    /** The problem of a request whose flags its key may not use; null where there is none. */
    static Problem refusal(RequestDirectives asked, Flags flags, ApiKey key) {
        return flags != Flags.NONE && asked.canCost() && !key.may(Permission.REFRESH)
                ? Problem.permissionMissing(Permission.REFRESH.text(), "force_refresh or ttl_override") : null;
    }

    /** What of a request's directives its key may use; the same object where it is all of them. */
    static RequestDirectives allowed(RequestDirectives asked, ApiKey key) {
        return asked.canCost() && !key.may(Permission.REFRESH) ? asked.withoutCostly() : asked;
    }
}

package systems.supported.rentcache.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a node may do for its cluster. */
public enum Role {
    /** Answers requests over HTTP, what it can from its near tier. */
    HTTP,
    /** Finds what no near tier has: in the tiers behind it, or by a call upstream. */
    LOOKUP,
    /** Calls Rentcast. */
    UPSTREAM,
    /** Refreshes stale answers, warms, and deletes what nobody can be given any more. */
    REFRESH,
    /** Writes down usage. */
    ANALYTICS;

    /** All of them: what a node does that does everything. */
    public static final Set<Role> ALL = Set.copyOf(EnumSet.allOf(Role.class));

    /** As it is written in settings and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words of some, in the order in which they stand here. */
    public static List<String> words(Set<Role> roles) {
        return roles.stream().sorted().map(Role::word).toList();
    }
}

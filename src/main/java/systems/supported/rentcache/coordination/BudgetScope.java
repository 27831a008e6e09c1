package systems.supported.rentcache.coordination;

import java.util.ArrayList;
import java.util.List;

/** The names of what a budget may be set for: the whole account, an endpoint, a key. */
public final class BudgetScope {
    /** The whole account. */
    public static final String ACCOUNT = "account";
    /** What precedes an endpoint's name. */
    public static final String ENDPOINT = "endpoint:";
    /** What precedes a key's id. */
    public static final String KEY = "key:";

    private BudgetScope() {
    }

    /** An endpoint's name as a scope. */
    public static String ofEndpoint(String endpoint) {
        return ENDPOINT + endpoint;
    }

    /** A key's id as a scope. */
    public static String ofKey(long keyId) {
        return KEY + keyId;
    }

    /**
     * What a call counts for, in the order in which all transactions touch them, so that none waits in a circle. Where
     * the consumer pays, the account and its endpoints have no part in it; a key that is in no database has no budget.
     */
    public static List<String> of(BudgetAsk ask) {
        List<String> scopes = new ArrayList<>();
        if (ask.accountPays()) {
            scopes.add(ACCOUNT);
            scopes.add(ofEndpoint(ask.endpoint()));
        }
        if (ask.keyId() != 0) {
            scopes.add(ofKey(ask.keyId()));
        }
        return List.copyOf(scopes);
    }
}

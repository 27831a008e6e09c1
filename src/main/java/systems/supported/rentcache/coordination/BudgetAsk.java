package systems.supported.rentcache.coordination;

/**
 * A call that is about to be made.
 *
 * @param keyId       the key that asked; 0 for one that is in no database
 * @param endpoint    the endpoint's name in the catalog
 * @param accountPays whether the account of the settings pays, and not the consumer
 * @param background  whether nobody waits for its answer
 */
public record BudgetAsk(long keyId, String endpoint, boolean accountPays, boolean background) {
}

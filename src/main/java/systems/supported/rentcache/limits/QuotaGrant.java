package systems.supported.rentcache.limits;

/**
 * What the store of quotas answers to a node that leases requests of a key's quotas.
 *
 * @param granted how many; 0 where a quota is used up
 * @param usage   what is used of the quotas now, with what all nodes hold
 */
public record QuotaGrant(long granted, Quota.Usage usage) {
}

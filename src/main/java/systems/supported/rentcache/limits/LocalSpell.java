package systems.supported.rentcache.limits;

/**
 * A time during which a node cannot ask the store and goes on with its share of the limits.
 *
 * @param number differs from one such time to the next
 * @param since  when it began, nanoseconds of the node's own clock
 * @param nodes  how many nodes share the limits, at least 1
 * @param full   whether the share's buckets begin full, as where the store was never heard of; else they begin empty,
 *               for what they would hold may have been spent out of a lease
 */
public record LocalSpell(long number, long since, int nodes, boolean full) {
}

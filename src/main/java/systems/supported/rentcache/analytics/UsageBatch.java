package systems.supported.rentcache.analytics;

/**
 * Records of one event loop, handed over as they are: the sender keeps no reference.
 *
 * @param records the records; only the first {@code count} are there
 * @param count   how many
 */
public record UsageBatch(UsageRecord[] records, int count) {
}

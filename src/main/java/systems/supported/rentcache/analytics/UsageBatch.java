package systems.supported.rentcache.analytics;

import java.util.List;

/**
 * Records of one event loop, handed over as they are: the sender keeps no reference.
 *
 * @param records  the records; only the first {@code count} are there
 * @param count    how many
 * @param standIns records that were handed over before and counted there, and that are to be kept one by one after all,
 *                 for those like them that were not kept
 */
public record UsageBatch(UsageRecord[] records, int count, List<UsageRecord> standIns) {
}

/**
 * What an operator watches: health, counters, logs.
 *
 * <p>In: what the parts report of themselves. Out: {@code /health}, {@code /metrics}, log lines.
 */
package systems.supported.rentcache.ops;

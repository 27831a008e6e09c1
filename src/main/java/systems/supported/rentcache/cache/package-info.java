/**
 * The cache: its pure decisions (freshness, what to do with a request) and its tiers.
 *
 * <p>In: canonical requests and answers of the upstream. Out: entries and decisions. The core imports no Vert.x; the
 * tiers and the look-up verticle do.
 *
 * <p>What {@link systems.supported.rentcache.cache.CacheDecision} decides, by what is kept. <i>w</i> is the time for which
 * the endpoint lets stale answers be given while they are refreshed, <i>e</i> that for which it lets them be given where
 * the upstream fails:
 *
 * <table>
 * <caption>States of the decision</caption>
 * <tr><th>kept</th><th>decision</th><th>if the upstream fails</th></tr>
 * <tr><td>nothing, or invalidated</td><td>Fetch (uri-miss)</td><td>Refuse</td></tr>
 * <tr><td>fresh</td><td>Hit</td><td></td></tr>
 * <tr><td>fresh, but too old or not fresh for long enough for the request, or no-cache</td>
 *     <td>Revalidate or Fetch (request)</td><td>ServeStaleOnError; Refuse for no-cache</td></tr>
 * <tr><td>stale by no more than w</td><td>HitStale, and a refresh in the background</td><td></td></tr>
 * <tr><td>stale by more than w and no more than e</td><td>Revalidate or Fetch (stale)</td><td>ServeStaleOnError</td></tr>
 * <tr><td>stale by more than both</td><td>Revalidate or Fetch (stale)</td><td>Refuse</td></tr>
 * <tr><td>anything; the endpoint is not kept</td><td>Fetch (bypass)</td><td>Refuse</td></tr>
 * <tr><td>anything; force_refresh</td><td>Fetch (request)</td><td>Refuse</td></tr>
 * </table>
 *
 * <p>With {@code only-if-cached} every Fetch and Revalidate is an OnlyIfCachedMiss. {@code max-stale} takes the place of w,
 * up to the longer of w and e; {@code max-age} and {@code min-fresh} rule out what they say also among stale answers.
 */
package systems.supported.rentcache.cache;

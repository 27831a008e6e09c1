/**
 * Background work on entries: the refresh of stale ones that were given ({@link
 * systems.supported.rentcache.refresh.RefreshVerticle}), what fills the near tier after a start ({@link
 * systems.supported.rentcache.refresh.PreloadVerticle}), and what has answers in demand fetched before they are asked
 * for ({@link systems.supported.rentcache.refresh.WarmerVerticle}). Which ones those are, {@link
 * systems.supported.rentcache.refresh.WarmingPlan} decides, which is pure.
 *
 * <p>In: questions whose stale answer was given, over the event bus; times of a schedule, what an operator wants
 * warmed. Out: look-ups that give way to those of consumers.
 */
package systems.supported.rentcache.refresh;

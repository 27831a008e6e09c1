/**
 * The composition root: builds each part once, deploys the verticles, and stops them in order.
 *
 * <p>In: settings. Out: a running node. Nothing imports this package but the command line and tests.
 */
package systems.supported.rentcache.app;

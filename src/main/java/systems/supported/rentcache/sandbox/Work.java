package systems.supported.rentcache.sandbox;

import java.util.function.Supplier;

/**
 * A call whose parameters have been checked and whose answer is still to be made.
 *
 * @param heavy  whether it may take tens of milliseconds, too long for an event loop
 * @param answer makes the answer; on any thread
 */
record Work(boolean heavy, Supplier<Answer> answer) {
}

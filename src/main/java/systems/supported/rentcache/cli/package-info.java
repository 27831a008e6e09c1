/**
 * The command line: one picocli command tree, the program's entry point.
 *
 * <p>In: the words of the command line. Out: exit codes 0 (done), 1 (failed), 2 (wrong usage), results on standard
 * output, everything else on standard error. Commands act on the configured database directly, or ask a running
 * server; only {@code serve} and {@code sandbox} keep running.
 */
package systems.supported.rentcache.cli;

package systems.supported.rentcache.cli;

/** A command that a running server can carry out, when {@code --server} names one. */
interface WorksOnServer {
}

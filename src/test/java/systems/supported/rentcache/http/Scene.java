package systems.supported.rentcache.http;

/** What a dashboard may have to show. */
public enum Scene {
    /** Nothing was asked yet. */
    EMPTY,
    /** One question was asked, and paid for. */
    ONE,
    /** A working day of a node that is well. */
    BUSY,
    /** Rentcast, Redis and the disk fail, a node is gone, the budget is spent. */
    BROKEN
}

package systems.supported.rentcache.transfer;

/** Hears how far a move has come. */
public interface Progress {
    /** It begins; {@code rows} are expected, or it is not known how many where that is negative. */
    void begin(long rows);

    /** So much more is done. */
    void moved(long rows, long bytes);

    /** It has ended, well or not. */
    void end();
}

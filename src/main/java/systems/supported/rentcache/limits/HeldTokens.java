package systems.supported.rentcache.limits;

/**
 * The tokens of one limit that a node holds and may spend without asking, until its lease ends. What it holds then is
 * not spent any more; it is put aside to go back.
 *
 * <p>Tokens of a window are bound to that window, by its number; those of a bucket all have the number 0. The node never
 * holds more than the store knows of, so that what the store and the nodes hold together is never more than the
 * capacity.
 *
 * <p>Times are nanoseconds of the node's own clock that does not step; a lease is counted from before it was asked for,
 * so it ends here before it ends in the store, whatever the two clocks say. Not thread-safe.
 */
final class HeldTokens {
    private long tokens;
    private long recorded;
    private long index;
    private long endsAt;
    private long unspent;
    private long unspentIndex;

    /** Tokens that can be spent. */
    long available(long now) {
        expire(now);
        return tokens;
    }

    /** Spends one; only where one is {@linkplain #available available}. */
    void spend() {
        tokens--;
    }

    /** Whether half of the lease is spent, so that it is time to ask for more. */
    boolean isHalfSpent(long now) {
        return 2 * available(now) <= recorded;
    }

    /** The number of the window that the tokens are of. */
    long index() {
        return index;
    }

    /**
     * A token that was spent did not count after all.
     *
     * @param of  the number of the window that it was of
     */
    void unspend(long of, long now) {
        if (available(now) < recorded && of == index) {
            tokens++;
        } else {
            putAside(of, 1);
        }
    }

    /**
     * More tokens came.
     *
     * @param granted how many
     * @param of      the number of the window that they are of
     * @param known   how many the store now knows the node to hold at most
     * @param until   when the lease ends
     */
    void add(long granted, long of, long known, long until) {
        if (of != index) {
            putAside(index, tokens);
            tokens = 0;
        }
        index = of;
        tokens = Math.min(known, tokens + granted);
        recorded = known;
        endsAt = until;
    }

    /** Takes out what is to go back. */
    Unspent takeUnspent(long now) {
        expire(now);
        Unspent taken = new Unspent(unspentIndex, unspent);
        unspent = 0;
        return taken;
    }

    /** Whether something is to go back. */
    boolean hasUnspent(long now) {
        expire(now);
        return unspent > 0;
    }

    /** Ends the lease now. */
    void end() {
        putAside(index, tokens);
        tokens = 0;
        recorded = 0;
    }

    /**
     * What is to go back.
     *
     * @param index  the number of the window that the tokens are of
     * @param tokens how many
     */
    record Unspent(long index, long tokens) {
    }

    private void expire(long now) {
        if (recorded > 0 && now - endsAt >= 0) {
            end();
        }
    }

    /** Of two windows' leftovers only the later one's is kept: the other one weighs less, and losing it is safe. */
    private void putAside(long of, long count) {
        if (count <= 0) {
            return;
        }
        if (unspent == 0 || of > unspentIndex) {
            unspent = count;
            unspentIndex = of;
        } else if (of == unspentIndex) {
            unspent += count;
        }
    }
}

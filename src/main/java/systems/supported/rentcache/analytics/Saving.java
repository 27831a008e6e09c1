package systems.supported.rentcache.analytics;

/**
 * The two bills of the same requests, or shares of them.
 *
 * @param withoutCache what they would have cost without the cache
 * @param paid         what was paid
 */
public record Saving(Bill withoutCache, Bill paid) {
    /** Nothing asked, nothing paid. */
    public static final Saving NONE = new Saving(Bill.NONE, Bill.NONE);

    /** The difference in micro-dollars: below 0 where the cache called more than it spared, as in warming it may. */
    public long savedMicros() {
        return Math.subtractExact(withoutCache.micros(), paid.micros());
    }

    /** Both together with two others. */
    public Saving plus(Saving other) {
        return new Saving(withoutCache.plus(other.withoutCache), paid.plus(other.paid));
    }
}

package systems.supported.rentcache.analytics;

/**
 * What is billed for calls, or a share of that. Money is micro-dollars.
 *
 * @param calls       billed calls
 * @param feeMicros   of the plan's fee
 * @param callsMicros for calls past those that the fee includes
 */
public record Bill(long calls, long feeMicros, long callsMicros) {
    /** Nothing. */
    public static final Bill NONE = new Bill(0, 0, 0);

    /** All of it. */
    public long micros() {
        return Math.addExact(feeMicros, callsMicros);
    }

    /** Two bills together. */
    public Bill plus(Bill other) {
        return new Bill(
                Math.addExact(calls, other.calls), Math.addExact(feeMicros, other.feeMicros),
                Math.addExact(callsMicros, other.callsMicros));
    }
}

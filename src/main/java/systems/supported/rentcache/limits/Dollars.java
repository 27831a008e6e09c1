package systems.supported.rentcache.limits;

import java.math.BigDecimal;

/** Money as people read it. Pure. */
public final class Dollars {
    private static final int MICRO_DIGITS = 6;
    private static final int CENT_DIGITS = 2;

    private Dollars() {
    }

    /** Micro-dollars as dollars, exact, with at least two decimals. */
    public static BigDecimal of(long micros) {
        BigDecimal dollars = BigDecimal.valueOf(micros, MICRO_DIGITS).stripTrailingZeros();
        return dollars.setScale(Math.max(CENT_DIGITS, dollars.scale()));
    }
}

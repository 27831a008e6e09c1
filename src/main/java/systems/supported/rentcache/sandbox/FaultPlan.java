package systems.supported.rentcache.sandbox;

/** The faults in force, and which call they hit. Thread-safe. */
final class FaultPlan {
    private Faults faults = Faults.NONE;
    private long calls;

    synchronized void set(Faults wanted) {
        faults = wanted;
        calls = 0;
    }

    /** The faults in force, with the calls that they have left. */
    synchronized Faults inForce() {
        return faults;
    }

    /** What goes wrong with the next call. */
    synchronized Faults next() {
        Faults hit = faults;
        if (hit.times() > 0) {
            faults = hit.times() == 1 ? Faults.NONE : hit.withTimes(hit.times() - 1);
        }
        boolean spared = new Dice(Dice.hash(4, calls++)).unit() >= hit.errorRate();
        return spared ? hit.withErrors(0, 0) : hit;
    }
}

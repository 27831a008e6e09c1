package systems.supported.rentcache.sandbox;

import java.util.List;

/**
 * Numbers that look random and are a function of a seed: SplitMix64. It is written out here, and not the JDK's, so that
 * the sandbox's data stay the same on every Java. Not thread-safe; made for one computation.
 */
final class Dice {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    Dice(long seed) {
        state = seed;
    }

    /** A hash of a text and a seed: FNV-1a, then mixed. */
    static long hash(long seed, String text) {
        long hash = 0xcbf29ce484222325L ^ seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** A hash of two numbers. */
    static long hash(long seed, long number) {
        return mix(seed + GOLDEN * (number + 1));
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    private long next() {
        state += GOLDEN;
        return mix(state);
    }

    /** From 0 to {@code bound} - 1. */
    int below(int bound) {
        return (int) ((next() >>> 33) % bound);
    }

    /** From {@code least} to {@code most}, both possible. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    /** From {@code least} up to {@code most}. */
    double between(double least, double most) {
        return least + unit() * (most - least);
    }

    /** From 0 up to 1. */
    double unit() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    /** True so often, as a share from 0 to 1. */
    boolean chance(double share) {
        return unit() < share;
    }

    <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}

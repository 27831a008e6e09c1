package systems.supported.rentcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Inputs in great number: good ones, which are cut, joined, repeated and sown with what tends to hurt. The same seed
 * makes the same inputs. {@code -Dfuzz.inputs} says how many all targets get together, {@code -Dfuzz.seed} others.
 */
public final class Fuzz {
    private static final int INPUTS = Integer.getInteger("fuzz.inputs", 100_000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int MOST_CHANGES = 6;
    private static final int MOST_BYTES = 4_096;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<byte[]> good;
    private final List<byte[]> hurting;

    private Fuzz(List<byte[]> good, List<byte[]> hurting) {
        this.good = good;
        this.hurting = hurting;
    }

    /** Something that is to stand any input. */
    @FunctionalInterface
    public interface Target {
        /** Takes an input, and fails where what comes of it is wrong. */
        void take(byte[] input) throws Exception;
    }

    /**
     * Gives a target its inputs.
     *
     * @param permille its share of all inputs, in thousandths
     * @param good    what it is made for
     * @param hurting pieces to sow in
     */
    public static void run(int permille, List<byte[]> good, List<byte[]> hurting, Target target) {
        Fuzz fuzz = new Fuzz(good, hurting);
        long count = (long) INPUTS * permille / 1_000;
        assertThat(count).isPositive();
        for (long i = 0; i < count; i++) {
            byte[] input = fuzz.next();
            try {
                target.take(input);
            } catch (Throwable failed) {
                throw new AssertionError("input " + i + " of the seed " + SEED + ": "
                        + new String(input, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?")
                        + " " + Arrays.toString(input), failed);
            }
        }
    }

    /** Texts as bytes that become the same texts again. */
    public static List<byte[]> texts(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private byte[] next() {
        byte[] input = one(good).clone();
        for (int changes = random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            input = changed(input);
        }
        return input.length > MOST_BYTES ? Arrays.copyOf(input, MOST_BYTES) : input;
    }

    private byte[] changed(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int to = at + random.nextInt(input.length - at + 1);
        return switch (random.nextInt(6)) {
            case 0 -> spliced(input, at, to, new byte[0]);
            case 1 -> spliced(input, at, at, Arrays.copyOfRange(input, at, to));
            case 2 -> spliced(input, at, at, one(hurting));
            case 3 -> spliced(input, at, to, one(hurting));
            case 4 -> spliced(input, at, input.length, one(good));
            default -> flipped(input);
        };
    }

    private byte[] flipped(byte[] input) {
        byte[] flipped = input.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
        }
        return flipped;
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] middle) {
        byte[] spliced = Arrays.copyOf(input, input.length - (to - from) + middle.length);
        System.arraycopy(middle, 0, spliced, from, middle.length);
        System.arraycopy(input, to, spliced, from + middle.length, input.length - to);
        return spliced;
    }

    private byte[] one(List<byte[]> of) {
        return of.get(random.nextInt(of.size()));
    }
}

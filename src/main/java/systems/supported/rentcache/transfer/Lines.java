package systems.supported.rentcache.transfer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a file as bytes, one at a time, with their numbers. Confined to one thread. */
final class Lines {
    private static final int LONGEST = 1 << 30;
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;

    Lines(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /** The number of the line that {@link #next} returned last, from 1. */
    long number() {
        return number;
    }

    /** The next line without its end; null after the last. */
    byte[] next() throws IOException {
        line.reset();
        number++;
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == LONGEST) {
                throw new IOException("a line is longer than " + LONGEST + " bytes");
            }
            line.write(next);
        }
        return line.toByteArray();
    }
}

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A client that sends requests at the times of a plan, whether the server keeps up or not, and measures each answer from
 * the time when its request was to be sent: a server that stalls is charged for all that waited meanwhile. One thread
 * that never sleeps, one request at a time on a connection.
 *
 * <p>Arguments are {@code name=value}; times are in milliseconds in what it prints:
 * <ul>
 * <li>{@code port}, {@code connections} (64), {@code rate} a second (0: each connection asks again at once),
 *     {@code seconds} (10) or {@code requests} (no bound);
 * <li>{@code path} (before the question's number), {@code questions} (1), {@code skew}: the exponent of Zipf's law, 0 for
 *     uniform, -1 for one question after the other; {@code first} (0) is added to the numbers, and {@code drift} (0) a
 *     second;
 * <li>{@code key}, and {@code keys} (0): so many keys, the value with a number behind it, are taken uniformly;
 * <li>{@code churn} (0): a connection is closed after so many requests, and another opened;
 * <li>{@code spelled} (false): questions are searches, each spelled in one of several ways, and the answer is checked to
 *     be that question's;
 * <li>{@code before} (0): seconds of the same load first that no figure counts: this client's code is slow until it is
 *     compiled, and what was due meanwhile would be charged to the server;
 * <li>{@code interval} (0): seconds after which figures are printed, from then on anew; {@code seed} (1).
 * </ul>
 */
public final class OpenLoop {
    private static final long SECOND = 1_000_000_000L;
    /** How long no answer comes before the rest is given up. */
    private static final long PATIENCE = 60 * SECOND;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String[] STATES = {"TX", "tx", "Tx"};

    private final Map<String, String> options = new HashMap<>();
    private final SplittableRandom random;
    private final double[] zipf;
    private final int questions;
    private final double skew;
    private final long first;
    private final long drift;
    private final String path;
    private final String key;
    private final int keys;
    private final boolean spelled;
    private final int churn;
    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    /** The intended times of requests for which there was no connection yet. */
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final Histogram total = new Histogram(3_600L * SECOND, 3);
    private Histogram spell = new Histogram(3_600L * SECOND, 3);
    private final long begun;
    /** From when on what was due is counted. */
    private final long counted;
    private long answeredAt;
    private long sent;
    private long answered;
    private long failed;
    private long wrong;

    private OpenLoop(String[] arguments) throws IOException {
        for (String argument : arguments) {
            options.put(argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
        }
        questions = (int) number("questions", 1);
        skew = Double.parseDouble(options.getOrDefault("skew", "0"));
        first = number("first", 0);
        drift = number("drift", 0);
        random = new SplittableRandom(number("seed", 1));
        zipf = skew > 0 ? cumulative(questions, skew) : null;
        path = options.getOrDefault("path", "/v1/properties/b2048-");
        key = options.getOrDefault("key", "");
        keys = (int) number("keys", 0);
        spelled = Boolean.parseBoolean(options.getOrDefault("spelled", "false"));
        churn = (int) number("churn", 0);
        server = new InetSocketAddress("127.0.0.1", (int) number("port", 0));
        for (long i = number("connections", 64); i > 0; i--) {
            idle.add(new Connection());
        }
        begun = System.nanoTime();
        counted = begun + number("before", 0) * SECOND;
    }

    public static void main(String[] arguments) throws IOException {
        new OpenLoop(arguments).run();
    }

    private long number(String name, long otherwise) {
        return options.containsKey(name) ? Long.parseLong(options.get(name)) : otherwise;
    }

    private static double[] cumulative(int count, double exponent) {
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1, -exponent);
            sums[i] = sum;
        }
        return sums;
    }

    private void run() throws IOException {
        long rate = number("rate", 0);
        long requests = number("requests", Long.MAX_VALUE);
        long end = options.containsKey("requests") ? Long.MAX_VALUE : counted + number("seconds", 10) * SECOND;
        long interval = number("interval", 0) * SECOND;
        long spellEnds = interval == 0 ? Long.MAX_VALUE : counted + interval;
        long planned = 0;
        long now = begun;
        answeredAt = begun;
        while (now < end && answered + failed < requests) {
            while (rate > 0 && planned < requests && begun + planned * SECOND / rate <= now) {
                waiting.add(begun + planned++ * SECOND / rate);
            }
            while (!idle.isEmpty() && (rate > 0 ? !waiting.isEmpty() : planned < requests)) {
                if (rate == 0) {
                    planned++;
                }
                idle.poll().send(rate > 0 ? waiting.poll() : now);
            }
            selector.selectNow(ready -> ((Connection) ready.attachment()).receive());
            now = System.nanoTime();
            if (now - answeredAt > PATIENCE) {
                throw new IllegalStateException(
                        sent - answered - failed + " requests under way have had no answer for a minute");
            }
            if (now >= spellEnds) {
                print(spell, (now - counted) / (double) SECOND, interval / (double) SECOND);
                spell = new Histogram(3_600L * SECOND, 3);
                spellEnds += interval;
            }
        }
        // What was due and was not answered is charged with the time that it has waited.
        if (rate > 0) {
            waiting.stream().filter(intended -> intended >= counted)
                    .forEach(intended -> total.recordValue(Math.max(1, System.nanoTime() - intended)));
        }
        double seconds = (now - counted) / (double) SECOND;
        print(total, seconds, seconds);
    }

    private void print(Histogram figures, double at, double seconds) {
        System.out.printf(
                "{\"at\":%.2f,\"persecond\":%.1f,\"p50\":%.4f,\"p99\":%.4f,\"p999\":%.4f,\"max\":%.4f,\"answered\":%d,"
                        + "\"failed\":%d,\"wrong\":%d,\"waiting\":%d}%n",
                at, figures.getTotalCount() / seconds, millis(figures, 50), millis(figures, 99), millis(figures, 99.9),
                figures.getMaxValue() / 1e6, answered, failed, wrong, waiting.size());
    }

    private static double millis(Histogram figures, double percentile) {
        return figures.getValueAtPercentile(percentile) / 1e6;
    }

    private long question() {
        if (skew < 0) {
            return first + sent % questions;
        }
        long drifted = drift == 0 ? 0 : drift * (System.nanoTime() - begun) / SECOND;
        if (zipf == null) {
            return first + drifted + random.nextInt(questions);
        }
        int place = Arrays.binarySearch(zipf, random.nextDouble(zipf[questions - 1]));
        return first + drifted + (place < 0 ? -place - 1 : place);
    }

    /** One of the spellings of a search: parameters in either order, the state in any case, defaults said or not. */
    private String search(long question) {
        String city = "city=" + URLEncoder.encode("City " + question, StandardCharsets.UTF_8);
        String state = "state=" + STATES[random.nextInt(STATES.length)];
        String pair = random.nextBoolean() ? city + "&" + state : state + "&" + city;
        return "/v1/properties?" + switch (random.nextInt(4)) {
            case 0 -> pair + "&limit=50";
            case 1 -> "offset=0&" + pair;
            default -> pair;
        };
    }

    /** A connection, and the request that is under way on it. */
    private final class Connection {
        private SocketChannel channel;
        private ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        private long intended;
        private int used;
        private boolean underWay;
        private String expected;

        Connection() throws IOException {
            connect();
        }

        private void connect() throws IOException {
            channel = SocketChannel.open(server);
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, this);
            used = 0;
        }

        void send(long when) throws IOException {
            if (churn > 0 && used == churn) {
                channel.close();
                connect();
            }
            intended = when;
            underWay = true;
            used++;
            long question = question();
            String value = keys == 0 ? key : key + random.nextInt(keys);
            expected = spelled ? "{\"id\":\"city=City " + question + "&state=TX\"" : null;
            sent++;
            ByteBuffer out = ByteBuffer.wrap(("GET " + (spelled ? search(question) : path + question)
                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: " + value + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            try {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            } catch (IOException e) {
                again();
            }
        }

        void receive() {
            try {
                int read = channel.read(in);
                if (read < 0) {
                    again();
                    return;
                }
                int head = headEnds();
                if (head < 0) {
                    room(in.position() + 1);
                    return;
                }
                String text = new String(in.array(), 0, head, StandardCharsets.US_ASCII);
                int whole = head + length(text);
                if (in.position() < whole) {
                    room(whole);
                    return;
                }
                done(text.startsWith("200", 9), new String(in.array(), head, Math.min(200, whole - head),
                        StandardCharsets.US_ASCII));
            } catch (IOException e) {
                again();
            }
        }

        private void done(boolean well, String body) {
            long took = Math.max(1, System.nanoTime() - intended);
            if (intended >= counted) {
                total.recordValue(took);
                spell.recordValue(took);
            }
            answeredAt = intended + took;
            if (well) {
                answered++;
            } else {
                failed++;
            }
            if (well && expected != null && !body.startsWith(expected)) {
                wrong++;
            }
            in.clear();
            underWay = false;
            idle.add(this);
        }

        /** The server has closed the connection: another one, and a failure where an answer was owed. */
        private void again() {
            try {
                channel.close();
                connect();
            } catch (IOException e) {
                throw new IllegalStateException("the server is gone", e);
            }
            if (underWay) {
                done(false, "");
            }
        }

        private void room(int bytes) {
            if (in.capacity() < bytes) {
                ByteBuffer larger = ByteBuffer.allocate(bytes);
                larger.put(in.flip());
                in = larger;
            }
        }

        private int headEnds() {
            byte[] bytes = in.array();
            for (int i = 0; i + 3 < in.position(); i++) {
                if (bytes[i] == '\r' && Arrays.equals(bytes, i, i + 4, END_OF_HEAD, 0, 4)) {
                    return i + 4;
                }
            }
            return -1;
        }

        private int length(String head) {
            int at = Math.max(head.indexOf("\r\ncontent-length:"), head.indexOf("\r\nContent-Length:"));
            if (at < 0) {
                throw new IllegalStateException("an answer has no Content-Length: " + head);
            }
            return Integer.parseInt(head.substring(at + 17, head.indexOf('\r', at + 2)).strip());
        }
    }
}

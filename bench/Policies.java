import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import systems.supported.rentcache.cache.CacheDecision;
import systems.supported.rentcache.cache.Entry;
import systems.supported.rentcache.cache.NearEntry;
import systems.supported.rentcache.cache.RequestDirectives;
import systems.supported.rentcache.cache.StoredAnswer;
import systems.supported.rentcache.cache.Validators;
import systems.supported.rentcache.catalog.CacheKey;
import systems.supported.rentcache.catalog.Catalog;
import systems.supported.rentcache.catalog.CatalogFile;
import systems.supported.rentcache.catalog.Endpoint;
import systems.supported.rentcache.catalog.StaleWindows;
import systems.supported.rentcache.limits.Plan;
import systems.supported.rentcache.limits.Rate;

/**
 * What a month's requests cost and how they are answered under several cache policies: a simulation in virtual time
 * over the program's own decisions, its catalog and its plans. Every policy sees the same requests, and an upstream
 * that answers or fails by question and moment only. Arguments: requests, questions, days, seed.
 *
 * <p>Questions are asked by Zipf's law, by day more than by night. The upstream takes from 0.2 to 1.2 s for an answer
 * and has spells in which every call fails. A failed call is not billed and, in every policy, not made again for the
 * same request. No cache is too small, and the tiers answer at once.
 */
public final class Policies {
    private static final int NODES = 3;
    private static final double ZIPF_EXPONENT = 0.9;
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long START = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
    /** By night there is so little, as a share of the busiest hour. */
    private static final double QUIETEST = 0.15;
    /** How often a request is followed by the same one within {@link #REPEAT_MILLIS}: a page that asks twice. */
    private static final double REPEATED = 0.05;
    private static final int REPEAT_MILLIS = 500;
    private static final double SPELLS_A_DAY = 0.5;
    private static final double MEAN_SPELL_MILLIS = 20 * 60_000;
    private static final double STRAY_FAILURES = 0.001;
    private static final Plan.Preset PLAN = Plan.Preset.GROWTH;
    /** What is asked, by share. Answers of other endpoints are not kept, or are cut out of these. */
    private static final Map<String, Double> SHARES = Map.of(
            "properties", 0.30, "value_estimate", 0.20, "rent_estimate", 0.20, "listings_sale", 0.12,
            "listings_rental", 0.10, "market_stats", 0.08);

    private final List<Endpoint> endpoints;
    private final int[] questionEndpoints;
    private final CacheKey[] keys;
    private final long[] times;
    private final int[] questions;
    private final byte[] nodes;
    private final long[] spellStarts;
    private final long[] spellEnds;
    private final long seed;

    public static void main(String[] arguments) throws Exception {
        new Policies(
                Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[3])).run();
    }

    private Policies(int requests, int questionCount, int days, long seed) throws Exception {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        Catalog catalog = CatalogFile.load(Map.of(), Duration.ofHours(1), Rate.parse("100/minute"), true);
        endpoints = catalog.endpoints().stream().filter(one -> SHARES.containsKey(one.name())).toList();
        questionEndpoints = new int[questionCount];
        keys = new CacheKey[questionCount];
        double[] popularity = new double[questionCount];
        double sum = 0;
        for (int i = 0; i < questionCount; i++) {
            questionEndpoints[i] = endpointOf(random.nextDouble());
            keys[i] = CacheKey.of(Integer.toString(i));
            sum += Math.pow(i + 1, -ZIPF_EXPONENT);
            popularity[i] = sum;
        }
        times = new long[requests];
        questions = new int[requests];
        nodes = new byte[requests];
        for (int i = 0; i < requests; i++) {
            times[i] = moment(random, days);
        }
        Arrays.sort(times);
        for (int i = 0; i < requests; i++) {
            int drawn = Arrays.binarySearch(popularity, random.nextDouble() * sum);
            questions[i] = Math.min(questionCount - 1, drawn < 0 ? -drawn - 1 : drawn);
            nodes[i] = (byte) random.nextInt(NODES);
        }
        for (int i = 1; i < requests; i++) {
            if (random.nextDouble() < REPEATED) {
                questions[i] = questions[i - 1];
                times[i] = Math.min(times[i], times[i - 1] + random.nextInt(REPEAT_MILLIS));
            }
        }
        int spells = (int) Math.ceil(SPELLS_A_DAY * days);
        spellStarts = random.longs(spells, START, START + days * DAY).sorted().toArray();
        spellEnds = Arrays.stream(spellStarts)
                .map(start -> start + (long) (-MEAN_SPELL_MILLIS * Math.log(1 - random.nextDouble()))).toArray();
    }

    private int endpointOf(double draw) {
        double left = draw;
        for (int i = 0; i < endpoints.size(); i++) {
            left -= SHARES.get(endpoints.get(i).name());
            if (left < 0) {
                return i;
            }
        }
        return endpoints.size() - 1;
    }

    /** A request's time: as often as the hour is busy, most at 14:00. */
    private static long moment(SplittableRandom random, int days) {
        while (true) {
            long at = random.nextLong(days * DAY);
            double busy = (1 + Math.cos(2 * Math.PI * ((double) (at % DAY) / DAY - 14 / 24.0))) / 2;
            if (random.nextDouble() < QUIETEST + (1 - QUIETEST) * busy) {
                return START + at;
            }
        }
    }

    private void run() {
        long failing = 0;
        for (int i = 0; i < spellStarts.length; i++) {
            failing += spellEnds[i] - spellStarts[i];
        }
        System.out.printf(Locale.ROOT,
                "%,d requests for %,d questions, %d nodes; the upstream fails for %d min in %d spells%n",
                times.length, keys.length, NODES, failing / 60_000, spellStarts.length);
        System.out.printf("%-36s %9s %11s %10s %7s %9s %9s %9s %8s%n", "policy", "calls", "billed", "dollars",
                "hits %", "stale", "stale/err", "waited", "failed");
        new Gateway("no cache", false, false, false, false, 1).serve();
        new Gateway("TTL, each node for itself", true, false, false, false, 1).serve();
        new Gateway("TTL, shared, calls coalesced", false, true, true, false, 1).serve();
        new Gateway("RentCache", true, true, true, true, 1).serve();
        new Gateway("RentCache, minRefreshDemand 2", true, true, true, true, 2).serve();
        new Gateway("RentCache, no stale-while-revalidate", true, true, true, true, 0).serve();
    }

    /** Whether a call that is sent at a time fails. */
    private boolean fails(int question, long millis) {
        for (int i = 0; i < spellStarts.length && spellStarts[i] <= millis; i++) {
            if (millis < spellEnds[i]) {
                return true;
            }
        }
        return draw(question, millis, 1) < STRAY_FAILURES;
    }

    private long latency(int question, long millis) {
        double draw = draw(question, millis, 2);
        return 200 + (long) (1_000 * draw * draw);
    }

    /** A number from 0 to 1 that depends on its arguments only, whatever a policy asked before. */
    private double draw(int question, long millis, int purpose) {
        return new SplittableRandom(seed ^ question * 0x9E3779B97F4A7C15L ^ millis * 31 ^ purpose).nextDouble();
    }

    /** A call under way. */
    private static final class Flight {
        final int question;
        final long ends;
        final boolean fails;
        final int[] waiting = new int[NODES];
        final boolean[] joined = new boolean[NODES];

        Flight(int question, long ends, boolean fails) {
            this.question = question;
            this.ends = ends;
            this.fails = fails;
        }
    }

    /** One policy's caches and what came of its requests: each is in one of the five counts. */
    private final class Gateway {
        private final String name;
        private final boolean shares;
        private final boolean coalesces;
        private final boolean stale;
        private final Endpoint[] rules;
        private final NearEntry[][] near;
        private final NearEntry[] shared;
        private final Flight[] flights;
        private final PriorityQueue<Flight> calls =
                new PriorityQueue<>((one, other) -> Long.compare(one.ends, other.ends));
        private long sent;
        private long billed;
        private long fresh;
        private long staleAtOnce;
        private long staleOnError;
        private long fetched;
        private long failed;

        /**
         * Empty caches.
         *
         * @param keeps     whether each node has a cache of its own
         * @param shares    whether there is one for all nodes
         * @param coalesces whether a call under way is waited for, on whatever node it was made
         * @param stale     whether stale answers are given
         * @param demand    how many have to ask for a stale one before it is refreshed; 0 where it is only given for an
         *                  upstream that fails
         */
        Gateway(String name, boolean keeps, boolean shares, boolean coalesces, boolean stale, int demand) {
            this.name = name;
            this.shares = shares;
            this.coalesces = coalesces;
            this.stale = stale;
            this.near = keeps ? new NearEntry[NODES][keys.length] : null;
            this.shared = new NearEntry[keys.length];
            this.flights = new Flight[keys.length];
            this.rules = endpoints.stream().map(one -> new Endpoint(
                    one.name(), one.ordinal(), one.cacheable(), one.ttl(), !stale ? StaleWindows.NONE
                            : new StaleWindows(
                                    demand == 0 ? Duration.ZERO : one.stale().whileRevalidate(), one.stale().ifError(),
                                    Math.max(1, demand)),
                    one.limit(), one.estimatedCostMicros())).toArray(Endpoint[]::new);
        }

        void serve() {
            for (int i = 0; i < times.length; i++) {
                finish(times[i]);
                ask(questions[i], nodes[i], times[i]);
            }
            finish(Long.MAX_VALUE);
            if (fresh + staleAtOnce + staleOnError + fetched + failed != times.length) {
                throw new IllegalStateException("requests without an outcome");
            }
            System.out.printf(Locale.ROOT, "%-36s %,9d %,11d %,10.0f %7.1f %,9d %,9d %,9d %,8d%n", name, sent, billed,
                    PLAN.plan().billOf(billed) / 1e6, 100.0 * (fresh + staleAtOnce) / times.length, staleAtOnce,
                    staleOnError, fetched + staleOnError, failed);
        }

        private void ask(int question, int node, long millis) {
            NearEntry kept = near == null ? null : near[node][question];
            CacheDecision decision = decide(kept, question, millis);
            if (decision instanceof CacheDecision.Hit) {
                fresh++;
            } else if (decision instanceof CacheDecision.HitStale) {
                staleAtOnce++;
                if (kept.isRefreshDue(rules[questionEndpoints[question]].stale().demand(), millis)) {
                    lookUp(question, node, millis, true);
                }
            } else {
                lookUp(question, node, millis, false);
            }
        }

        /** Behind the node's own cache. */
        private void lookUp(int question, int node, long millis, boolean background) {
            CacheDecision decision = decide(shared[question], question, millis);
            if (decision instanceof CacheDecision.Hit) {
                keepNear(shared[question], question, node);
                fresh += background ? 0 : 1;
            } else if (decision instanceof CacheDecision.HitStale && !background) {
                keepNear(shared[question], question, node);
                staleAtOnce++;
                NearEntry kept = near[node][question];
                if (kept.isRefreshDue(rules[questionEndpoints[question]].stale().demand(), millis)) {
                    fetch(question, node, millis, true);
                }
            } else {
                fetch(question, node, millis, background);
            }
        }

        private void fetch(int question, int node, long millis, boolean background) {
            Flight flight = flights[question];
            if (flight == null) {
                sent++;
                flight = new Flight(question, millis + latency(question, millis), fails(question, millis));
                calls.add(flight);
                flights[question] = coalesces ? flight : null;
            }
            flight.joined[node] = true;
            flight.waiting[node] += background ? 0 : 1;
        }

        /** Ends the calls that end by a time. */
        private void finish(long millis) {
            while (!calls.isEmpty() && calls.peek().ends <= millis) {
                Flight flight = calls.remove();
                flights[flight.question] = null;
                if (flight.fails) {
                    refuseOrServeStale(flight);
                } else {
                    billed++;
                    keep(flight);
                }
            }
        }

        private void keep(Flight flight) {
            NearEntry made = prepared(flight.question, flight.ends);
            shared[flight.question] = shares ? made : null;
            for (int node = 0; node < NODES; node++) {
                fetched += flight.waiting[node];
                if (flight.joined[node]) {
                    keepNear(made, flight.question, node);
                }
            }
        }

        private void refuseOrServeStale(Flight flight) {
            for (int node = 0; node < NODES; node++) {
                NearEntry kept = shares ? shared[flight.question] : null;
                CacheDecision decision = CacheDecision.afterFailure(
                        kept == null ? null : kept.answer().entry(), RequestDirectives.NONE,
                        rules[questionEndpoints[flight.question]], Instant.ofEpochMilli(flight.ends));
                if (stale && decision instanceof CacheDecision.ServeStaleOnError) {
                    staleOnError += flight.waiting[node];
                } else {
                    failed += flight.waiting[node];
                }
            }
        }

        private CacheDecision decide(NearEntry kept, int question, long millis) {
            return CacheDecision.decide(
                    kept == null ? null : kept.answer().entry(), RequestDirectives.NONE,
                    rules[questionEndpoints[question]], Instant.ofEpochMilli(millis));
        }

        /** Each node counts for itself how many ask for a stale answer. */
        private void keepNear(NearEntry entry, int question, int node) {
            if (near != null) {
                near[node][question] = new NearEntry(entry.answer());
            }
        }

        private NearEntry prepared(int question, long millis) {
            Endpoint endpoint = rules[questionEndpoints[question]];
            Instant now = Instant.ofEpochMilli(millis);
            return new NearEntry(new StoredAnswer(
                    new Entry(keys[question], endpoint.name(), "", "", 200, List.of(), "\"\"", Validators.NONE, now,
                            Duration.ZERO, now.plus(endpoint.ttl())),
                    Buffer.buffer(), null));
        }
    }
}

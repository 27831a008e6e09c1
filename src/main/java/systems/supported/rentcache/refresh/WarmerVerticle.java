package systems.supported.rentcache.refresh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import systems.supported.rentcache.config.CronSchedule;
import systems.supported.rentcache.config.Settings;
import systems.supported.rentcache.events.Addresses;
import systems.supported.rentcache.ops.Metrics;

/**
 * Runs a {@link Warmer} at the times of a schedule, and when it is asked to, one at a time. The clock is looked at each
 * second, so that it is the time of day that counts, however long the machine slept: a time that was missed is made up
 * for once. A time that comes while a round is under way is left out. Confined to one event loop.
 */
public final class WarmerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(WarmerVerticle.class);
    private static final long LOOK_MILLIS = 1_000;
    private static final Duration AHEAD = Duration.ofHours(1);
    private static final int MOST_LINES_LOGGED = 20;

    private final WarmingQuestions questions;
    private final Optional<CronSchedule> schedule;
    private final Settings.Warming warming;
    private final Duration lookupTimeout;
    private final Metrics metrics;
    private final InstantSource clock;
    private Warmer warmer;
    private Future<Void> running = Future.succeededFuture();
    private Instant due;
    private int rounds;
    private boolean stopping;

    /**
     * The verticle over some questions.
     *
     * @param schedule      when it warms by itself; empty for never
     * @param warming       which questions it asks then
     * @param lookupTimeout how long a look-up may take
     */
    public WarmerVerticle(
            WarmingQuestions questions,
            Optional<CronSchedule> schedule,
            Settings.Warming warming,
            Duration lookupTimeout,
            Metrics metrics,
            InstantSource clock) {
        this.questions = questions;
        this.schedule = schedule;
        this.warming = warming;
        this.lookupTimeout = lookupTimeout;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Future<?> start() {
        vertx.eventBus().localConsumer(Addresses.CACHE_WARM, this::hear);
        schedule.ifPresent(times -> {
            due = next(times, clock.instant());
            vertx.setPeriodic(LOOK_MILLIS, timer -> look(times));
        });
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        if (warmer != null) {
            warmer.stop();
        }
        return running;
    }

    private void hear(Message<WarmingCommand> message) {
        if (message.body() instanceof WarmingCommand.Begin begin) {
            if (!running.isComplete()) {
                message.fail(WarmingCommand.BUSY, "a round is under way");
                return;
            }
            running = warm(false, begin.chosen(), begin.plan());
        } else if (message.body() instanceof WarmingCommand.Cancel && warmer != null) {
            warmer.stop();
        }
        message.reply(warmer == null ? null : warmer.shown());
    }

    private void look(CronSchedule times) {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        due = next(times, now);
        if (running.isComplete()) {
            running = scheduled(now);
        }
    }

    private static Instant next(CronSchedule times, Instant now) {
        return times.next(now).orElse(Instant.MAX);
    }

    private Future<Void> scheduled(Instant now) {
        return lines()
                .compose(lines -> questions.choose(now.minus(warming.span()), warming.top(), lines))
                .compose(chosen -> {
                    logWrong(chosen.wrong());
                    return stopping ? Future.succeededFuture()
                            : warm(true, chosen, WarmingPlan.of(chosen.wanted(), AHEAD, now));
                })
                .otherwise(failure -> {
                    LOG.warn("Warming could not begin: {}", failure.getMessage());
                    return null;
                });
    }

    private Future<List<String>> lines() {
        if (warming.file().isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        String file = warming.file().get().toString();
        return vertx.fileSystem().readFile(file)
                .map(content -> content.toString(StandardCharsets.UTF_8).lines().toList())
                .otherwise(unreadable -> {
                    LOG.warn("The file of requests {} cannot be read; warming goes on without it.", file);
                    return List.of();
                });
    }

    private void logWrong(List<QuestionReader.WrongLine> wrong) {
        String file = warming.file().map(String::valueOf).orElse("");
        wrong.stream().limit(MOST_LINES_LOGGED).forEach(line -> LOG.warn("The file of requests {}, {}", file, line));
        if (wrong.size() > MOST_LINES_LOGGED) {
            LOG.warn("The file of requests {} has {} wrong lines in all.", file, wrong.size());
        }
    }

    private Future<Void> warm(boolean scheduled, WarmingQuestions.Chosen chosen, WarmingPlan plan) {
        warmer = new Warmer(vertx, ++rounds, scheduled, chosen, plan, lookupTimeout, metrics, clock);
        return warmer.run();
    }
}

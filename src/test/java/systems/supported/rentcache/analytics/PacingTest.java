package systems.supported.rentcache.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static systems.supported.rentcache.Await.await;
import static systems.supported.rentcache.Await.failure;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writing in parts. */
class PacingTest {
    /** By which each part takes so long that it is followed by the longest rest. */
    private static final long TAKES = TimeUnit.MILLISECONDS.toNanos(3_000);

    private final Vertx vertx = Vertx.vertx();
    private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private Pacing pacing(boolean pressed) {
        AtomicLong time = new AtomicLong();
        return new Pacing(vertx, () -> pressed, () -> time.getAndAdd(TAKES));
    }

    @Test
    void afterTheLastPartThereIsNoRest() {
        assertThat(Pacing.rest(1_000, 0, 0)).isZero();
        assertThat(Pacing.rest(1_000, 0, 1)).isEqualTo(19_000);
    }

    private Future<Void> write(int part) {
        written.add(part);
        return Future.succeededFuture();
    }

    @Test
    void partsAreWrittenInTheirOrder() {
        await(pacing(true).write(List.of(3, 1, 2), this::write));
        assertThat(written).containsExactly(3, 1, 2);
        await(pacing(true).write(List.<Integer>of(), this::write));
    }

    @Test
    void whatIsRestedEndsWhereItIsHurried() {
        Pacing pacing = pacing(false);
        Future<Void> all = pacing.write(List.of(1, 2), this::write);
        assertThat(written).containsExactly(1);
        pacing.hurry();
        assertThat(written).as("at once").containsExactly(1, 2);
        await(all);
        await(pacing.write(List.of(3, 4), this::write));
        assertThat(written).as("without rests from then on").containsExactly(1, 2, 3, 4);
    }

    @Test
    void afterARestTheNextPartIsWritten() {
        AtomicLong time = new AtomicLong();
        await(new Pacing(vertx, () -> false, () -> time.getAndAdd(TimeUnit.MICROSECONDS.toNanos(100)))
                .write(List.of(1, 2, 3), this::write));
        assertThat(written).containsExactly(1, 2, 3);
    }

    @Test
    void whatThrowsEndsIt() {
        Future<Void> all = pacing(true).write(List.of(1, 2), part -> {
            throw new IllegalStateException("wrong");
        });
        assertThat(failure(all)).hasMessage("wrong");
    }

    @Test
    void whatFailsEndsIt() {
        Future<Void> all = pacing(true).write(
                List.of(1, 2, 3), part -> part == 2 ? Future.failedFuture("away") : write(part));
        assertThat(failure(all)).hasMessage("away");
        assertThat(written).containsExactly(1);
    }
}

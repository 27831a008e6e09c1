package systems.supported.rentcache.ops;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The process's health, as its parts showed it in their last uses: nothing is called to find out, least of all the
 * upstream, which would bill it. So this is no registry of vertx-health-check, whose checks are procedures that are run
 * when somebody asks. Only the disk is looked at, which costs nothing. Thread-safe.
 */
public final class HealthReport {
    private static final long ENOUGH_DISK = 100L << 20;

    private final List<PartHealth> parts;
    private final Path data;
    private final InstantSource clock;
    private volatile boolean ready;
    private volatile boolean fit = true;
    private volatile boolean whole = true;

    /**
     * A report over parts.
     *
     * @param data a path on the disk whose room matters
     */
    public HealthReport(List<PartHealth> parts, Path data, InstantSource clock) {
        this.parts = List.copyOf(parts);
        this.data = data;
        this.clock = clock;
    }

    /** Says whether requests are wanted. */
    public void setReady(boolean ready) {
        this.ready = ready;
    }

    /** Says whether the node may serve at all: not with a clock that is far off. */
    public void setFit(boolean fit) {
        this.fit = fit;
    }

    /** Says whether the cluster has nodes for all that is to be done. */
    public void setWhole(boolean whole) {
        this.whole = whole;
    }

    /**
     * Whether requests are wanted: true between start and stop, whatever is degraded, where the node is fit and its
     * cluster whole.
     */
    public boolean isReady() {
        return ready && fit && whole;
    }

    /** The report; it looks at the disk, so it is made on a worker thread. */
    public JsonObject toJson() {
        JsonObject checks = new JsonObject();
        boolean allUp = true;
        for (PartHealth part : parts) {
            PartHealth.State state = part.state();
            allUp &= state.isUp();
            checks.put(part.part(), check(state.isUp(), state.text(), state.seen())
                    .put("since", state.since().toString()));
        }
        JsonObject disk = disk();
        checks.put("disk", disk);
        allUp &= disk.getString("status").equals("up");
        return new JsonObject()
                .put("status", allUp ? "healthy" : "degraded")
                .put("time", clock.instant().toString())
                .put("checks", checks);
    }

    private JsonObject disk() {
        try {
            Path existing = data.toAbsolutePath();
            while (!Files.exists(existing)) {
                existing = existing.getParent();
            }
            FileStore store = Files.getFileStore(existing);
            long free = store.getUsableSpace();
            return check(free >= ENOUGH_DISK, (free >> 20) + " MiB free", clock.instant()).put("freeBytes", free);
        } catch (IOException e) {
            return check(false, "cannot be looked at: " + e.getMessage(), clock.instant());
        }
    }

    private static JsonObject check(boolean up, String detail, Instant time) {
        return new JsonObject().put("status", up ? "up" : "down").put("detail", detail).put("time", time.toString());
    }
}

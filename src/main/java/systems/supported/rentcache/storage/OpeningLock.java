package systems.supported.rentcache.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Held while a SQLite file is made and its schema is changed, so that programs which open it at the same moment, a
 * server that starts and a command given meanwhile, do so one after the other. SQLite's own locks do not serve: turning
 * the write-ahead log on, and a transaction that began by reading, fail at once where another program wrote in between.
 *
 * <p>The system lets go of it when a program ends, however it ends; the empty file beside the database stays.
 */
final class OpeningLock {
    /** The system's lock is a process's. This one is among the threads of this process. */
    private static final ReentrantLock HERE = new ReentrantLock();

    private OpeningLock() {
    }

    /** What is done to a file that nobody else may open meanwhile. */
    @FunctionalInterface
    interface Opening<T> {
        T run() throws SQLException, IOException;
    }

    /** Waits for the lock of a database file and does something under it. Blocks; not for an event loop. */
    static <T> T during(Path database, Opening<T> opening) throws SQLException, IOException {
        HERE.lock();
        try (FileChannel channel = FileChannel.open(
                database.resolveSibling(database.getFileName() + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Closing the channel lets go of it.
            channel.lock();
            return opening.run();
        } finally {
            HERE.unlock();
        }
    }
}

package systems.supported.rentcache.events;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import java.time.Duration;

/**
 * Messages between verticles of one process: records that travel by reference, so nothing is copied, and never leave
 * the process.
 */
public final class LocalMessages {
    /** Options of a message within the process that is not answered. */
    public static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private LocalMessages() {
    }

    /** Lets messages of a type, or of a sealed type's records, travel by reference. */
    public static void register(Vertx vertx, Class<?> type) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                register(vertx, permitted);
            }
        } else {
            registerOne(vertx, type);
        }
    }

    private static <T> void registerOne(Vertx vertx, Class<T> type) {
        try {
            vertx.eventBus().registerDefaultCodec(type, new ByReference<>(type));
        } catch (IllegalStateException registeredBefore) {
            // Two nodes in one Vert.x instance, as in tests, share its codecs.
        }
    }

    /** Options of a message within the process that is answered within a time. */
    public static DeliveryOptions within(Duration timeout) {
        return new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    private record ByReference<T>(Class<T> type) implements MessageCodec<T, T> {
        @Override
        public void encodeToWire(Buffer buffer, T message) {
            throw new IllegalStateException(type + " never leaves the process");
        }

        @Override
        public T decodeFromWire(int position, Buffer buffer) {
            throw new IllegalStateException(type + " never leaves the process");
        }

        @Override
        public T transform(T message) {
            return message;
        }

        @Override
        public String name() {
            return type.getName();
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }
}

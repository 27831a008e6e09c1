package systems.supported.rentcache.storage;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;

/** A row of a result by its columns' names, whatever it was read with. Good only while it is read. */
public interface KeptRow {
    /** A text; null where there is none. */
    String text(String column);

    /** A whole number; null where there is none. */
    Long number(String column);

    /** Bytes; null where there are none. */
    Buffer bytes(String column);

    /** A row that Vert.x's client read. */
    static KeptRow of(Row row) {
        return new KeptRow() {
            @Override
            public String text(String column) {
                return row.getString(column);
            }

            @Override
            public Long number(String column) {
                return row.getLong(column);
            }

            @Override
            public Buffer bytes(String column) {
                return row.getBuffer(column);
            }
        };
    }
}

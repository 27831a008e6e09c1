package systems.supported.rentcache.transfer;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.Base64;
import systems.supported.rentcache.storage.Database;

/**
 * A column of a table that is moved.
 *
 * @param name      its name, in the database and in the file
 * @param kind      what it holds
 * @param required  whether it has a value in every row
 * @param otherwise its value where a file of an older version does not have it, or null where every file has to
 */
record Column(String name, Kind kind, boolean required, Object otherwise) {
    /** What a column holds. */
    enum Kind {
        /** Text. */
        TEXT,
        /** A whole number. */
        NUMBER,
        /** Bytes; in the file, base64. */
        BYTES,
        /** An address of the Internet protocol; in the file, text. */
        ADDRESS
    }

    static Column text(String name) {
        return new Column(name, Kind.TEXT, true, null);
    }

    static Column number(String name) {
        return new Column(name, Kind.NUMBER, true, null);
    }

    static Column bytes(String name) {
        return new Column(name, Kind.BYTES, true, null);
    }

    static Column address(String name) {
        return new Column(name, Kind.ADDRESS, true, null);
    }

    /** The same column, which may have no value. */
    Column orNull() {
        return new Column(name, kind, false, null);
    }

    /** The same column, which files of older versions do not have. */
    Column orElse(long value) {
        return new Column(name, kind, required, value);
    }

    /** The SQL that reads it. */
    String selected(Database database) {
        return kind == Kind.ADDRESS ? database.shownAddress(name) + " AS " + name : name;
    }

    /** The SQL that binds it. */
    String bound(Database database) {
        return kind == Kind.ADDRESS ? database.address(name) : "#{" + name + "}";
    }

    /** Its value in a row, as a file has it. */
    Object in(Row row) {
        switch (kind) {
            case NUMBER:
                return row.getLong(name);
            case BYTES:
                Buffer bytes = row.getBuffer(name);
                return bytes == null ? null : Base64.getEncoder().encodeToString(bytes.getBytes());
            default:
                return row.getString(name);
        }
    }

    /**
     * A file's value as a statement takes it.
     *
     * @throws IllegalArgumentException when it cannot be one
     */
    Object bindable(Object value, Database database) {
        if (value == null) {
            if (otherwise != null) {
                return otherwise;
            }
            if (required) {
                throw new IllegalArgumentException(name + " is missing");
            }
            return null;
        }
        if (kind == Kind.NUMBER ? !(value instanceof Long) : !(value instanceof String)) {
            throw new IllegalArgumentException(name + " is no " + (kind == Kind.NUMBER ? "whole number" : "text"));
        }
        if (kind != Kind.BYTES) {
            return value;
        }
        try {
            return database.bytes(Buffer.buffer(Base64.getDecoder().decode((String) value)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is no base64", e);
        }
    }
}

package systems.supported.rentcache.storage;

import io.vertx.core.json.JsonArray;
import io.vertx.jdbcclient.spi.JDBCColumnDescriptorProvider;
import io.vertx.jdbcclient.spi.JDBCEncoder;
import io.vertx.sqlclient.Tuple;

/**
 * Binds values as they are. SQLite's parameters have no types; Vert.x's own encoder asks the driver for them all the
 * same, with a failure and a search for a class by each. Vert.x's client for JDBC finds it as a service.
 */
public final class SqliteValues implements JDBCEncoder {
    @Override
    public Object encode(JsonArray values, int position, JDBCColumnDescriptorProvider types) {
        return values.getValue(position - 1);
    }

    @Override
    public Object encode(Tuple values, int position, JDBCColumnDescriptorProvider types) {
        return values.getValue(position - 1);
    }
}

package systems.supported.rentcache.storage;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * A data source that logs the text of each statement that is prepared ({@code DATABASE_ECHO}). Values bound to
 * parameters are not logged: some of them are digests of keys.
 */
final class EchoingDataSource implements DataSource {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("rentcache.sql");

    private final DataSource source;

    EchoingDataSource(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return echoing(source.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return echoing(source.getConnection(user, password));
    }

    private static Connection echoing(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                EchoingDataSource.class.getClassLoader(), new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        LOG.info("{}", arguments[0]);
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("rentcache.sql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.isWrapperFor(type);
    }
}

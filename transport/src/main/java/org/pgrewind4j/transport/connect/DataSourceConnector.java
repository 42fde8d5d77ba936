package org.pgrewind4j.transport.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** Connections from a {@link DataSource}, which may be a pool in this process. */
public record DataSourceConnector(DataSource dataSource, String description) implements Connector {

    @Override
    public Connection connect(LoginTimes times) throws SQLException {
        return dataSource.getConnection();
    }

    @Override
    public Map<String, String> libpqParameters() {
        return Map.of();
    }

    @Override
    public boolean isPooled() {
        return true;
    }
}

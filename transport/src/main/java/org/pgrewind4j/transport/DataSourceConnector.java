package org.pgrewind4j.transport;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Connections from a {@link DataSource}, which may be a pool in this process. */
record DataSourceConnector(DataSource dataSource, String description) implements Connector {

    @Override
    public Connection connect(LiveTimeouts timeouts) throws SQLException {
        return dataSource.getConnection();
    }

    @Override
    public boolean isPooled() {
        return true;
    }
}

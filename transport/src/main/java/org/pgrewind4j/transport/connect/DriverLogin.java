package org.pgrewind4j.transport.connect;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** One login by the driver. */
final class DriverLogin {

    private static final String CANCEL_SECONDS = "2";

    private DriverLogin() {}

    /** Connects by a URL of the caller and more properties. */
    static Connection connect(String url, Properties properties, LoginTimes times) throws SQLException {
        Properties all = copy(properties);
        String seconds = times.connectSeconds();
        all.setProperty("connectTimeout", seconds);
        all.setProperty("loginTimeout", seconds);
        all.setProperty("socketTimeout", times.socketSeconds());
        all.setProperty("cancelSignalTimeout", CANCEL_SECONDS);
        // Settings go with the login instead of after it: two round trips less.
        all.putIfAbsent("assumeMinServerVersion", "9.6");
        all.putIfAbsent("tcpKeepAlive", "true");
        all.putIfAbsent("ApplicationName", "pgrewind4j");
        Connection connection = new Driver().connect(url, all);
        if (connection == null) {
            throw new SQLException("the driver does not take its own URL");
        }
        return connection;
    }

    /**
     * Connects by properties alone. What others wrote never becomes part of a URL, where it could set any property of the
     * driver, such as the class that makes its sockets. The driver reads a host from a URL, if it has one, and else the
     * database: of the two this is the one that can be encoded.
     */
    static Connection connect(Properties properties, LoginTimes times) throws SQLException {
        String database = properties.getProperty("PGDBNAME", properties.getProperty("user", ""));
        return connect("jdbc:postgresql:" + URLEncoder.encode(database, StandardCharsets.UTF_8), properties, times);
    }

    /**
     * Asks for a connection that takes commands for replication beside SQL. As it names a database, the server lets it in by the
     * same lines of its pg_hba.conf as others ({@code src/backend/libpq/hba.c}, {@code check_db}).
     */
    static Properties replicating(Properties properties) {
        Properties replicating = copy(properties);
        replicating.setProperty("replication", "database");
        replicating.setProperty("preferQueryMode", "simple");
        return replicating;
    }

    static Properties copy(Properties properties) {
        Properties copy = new Properties();
        properties.stringPropertyNames().forEach(name -> copy.setProperty(name, properties.getProperty(name)));
        return copy;
    }
}

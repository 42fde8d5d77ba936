package org.pgrewind4j.transport;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** Connections by the driver's URL and properties. */
final class UrlConnector implements Connector {

    private static final String CANCEL_SECONDS = "2";

    private final String url;
    private final Properties properties;
    private final String description;
    private final Map<String, String> libpqParameters;

    private UrlConnector(String url, Properties properties, Properties parsed) {
        this.url = url;
        this.properties = copy(properties);
        this.description = describe(parsed);
        this.libpqParameters = LibpqOption.parameters(parsed);
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it is not one of the driver's, or asks for a replication connection
     */
    static UrlConnector of(String url, Properties properties) {
        @Nullable Properties parsed = url.startsWith("jdbc:postgresql:") ? Driver.parseURL(url, properties) : null;
        if (parsed == null) {
            // The URL may hold a password, so it is not repeated.
            throw new IllegalArgumentException(
                    "not a URL of the PostgreSQL driver\nHINT: it is jdbc:postgresql://host:port/database");
        }
        if (parsed.getProperty("replication") != null) {
            throw new IllegalArgumentException(
                    "connection property \"replication\": a replication connection cannot read"
                            + " files\nHINT: leave it out.");
        }
        return new UrlConnector(url, properties, parsed);
    }

    private static Properties copy(Properties properties) {
        Properties copy = new Properties();
        properties.stringPropertyNames().forEach(name -> copy.setProperty(name, properties.getProperty(name)));
        return copy;
    }

    private static String describe(Properties parsed) {
        List<String> hosts = List.of(parsed.getProperty("PGHOST", "localhost").split(",", -1));
        List<String> ports = List.of(parsed.getProperty("PGPORT", "5432").split(",", -1));
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            servers.add(hosts.get(i) + ":" + ports.get(Math.min(i, ports.size() - 1)));
        }
        return "server \"" + UnsafePathException.visible(String.join(",", servers)) + "\"";
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Connection connect(LiveTimeouts timeouts) throws SQLException {
        Properties all = copy(properties);
        String seconds = Integer.toString(LiveTimeouts.seconds(timeouts.connect()));
        all.setProperty("connectTimeout", seconds);
        all.setProperty("loginTimeout", seconds);
        all.setProperty("socketTimeout", Integer.toString(LiveTimeouts.seconds(timeouts.socket())));
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

    @Override
    public Map<String, String> libpqParameters() {
        return libpqParameters;
    }

    @Override
    public boolean isPooled() {
        return false;
    }
}

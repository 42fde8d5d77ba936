package org.pgrewind4j.transport.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.postgresql.Driver;

/** Connections by the driver's URL and properties. */
public final class UrlConnector implements Connector {

    private final String url;
    private final Properties properties;
    private final String description;
    private final Map<String, String> libpqParameters;

    private UrlConnector(String url, Properties properties, Properties parsed) {
        this.url = url;
        this.properties = DriverLogin.copy(properties);
        this.description = describe(parsed);
        this.libpqParameters = LibpqOption.parameters(parsed);
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it is not one of the driver's, or asks for a replication connection
     */
    public static Connector of(String url, Properties properties) {
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
        List<SourceHost> hosts = hosts(parsed);
        return hosts.stream().anyMatch(SourceHost::isSocket)
                ? ofHosts(hosts, parsed)
                : new UrlConnector(url, properties, parsed);
    }

    /** The driver itself has no words for sockets. */
    private static Connector ofHosts(List<SourceHost> hosts, Properties parsed) {
        Map<SourceHost, Properties> candidates = new LinkedHashMap<>();
        hosts.forEach(host -> candidates.put(host, parsed));
        Properties common = DriverLogin.copy(parsed);
        common.setProperty("PGHOST", hosts.stream().map(SourceHost::name).collect(Collectors.joining(",")));
        return new HostsConnector(candidates, common);
    }

    private static List<SourceHost> hosts(Properties parsed) {
        List<String> names = List.of(parsed.getProperty("PGHOST", "localhost").split(",", -1));
        List<String> ports = List.of(parsed.getProperty("PGPORT", "5432").split(",", -1));
        List<SourceHost> hosts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            // The driver has looked at the ports.
            int port = Integer.parseInt(ports.get(Math.min(i, ports.size() - 1)));
            hosts.add(new SourceHost(SourceHost.fromUrl(names.get(i)), Optional.empty(), port));
        }
        return hosts;
    }

    private static String describe(Properties parsed) {
        String servers = hosts(parsed).stream().map(SourceHost::toString).collect(Collectors.joining(","));
        return "server \"" + UnsafePathException.visible(servers) + "\"";
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Connection connect(LoginTimes times) throws SQLException {
        return DriverLogin.connect(url, properties, times);
    }

    @Override
    public Optional<Connection> connectReplicating(LoginTimes times) throws SQLException {
        return Optional.of(DriverLogin.connect(url, DriverLogin.replicating(properties), times));
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

package org.pgrewind4j.transport.connect;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.driver.DirectedSocketFactory;
import org.pgrewind4j.transport.driver.LibpqTlsFactory;
import org.pgrewind4j.transport.driver.TlsFiles;
import org.pgrewind4j.transport.libpq.LibpqFiles;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.pgrewind4j.transport.libpq.LibpqString;

/**
 * Where a libpq connection string leads, in the driver's terms. A value comes from the string, else from the service that
 * it names, else from the environment, else from the defaults; a password also from the password file.
 */
public final class LibpqConnection {

    private static final String DEFAULT_PORT = "5432";

    private final Map<LibpqOption, String> values;
    private final Path home;
    private final SocketDirectories sockets;

    private LibpqConnection(Map<LibpqOption, String> values, Path home, SocketDirectories sockets) {
        this.values = values;
        this.home = home;
        this.sockets = sockets;
    }

    /** Reads a connection string in the surroundings of this process. */
    public static LibpqConnection of(String text) {
        return of(text, System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    public static LibpqConnection of(String text, Map<String, String> environment, Path home) {
        return of(text, environment, home, SocketDirectories.OF_THIS_MACHINE);
    }

    /**
     * Reads a connection string.
     *
     * @throws IllegalArgumentException if it is malformed, or asks for something that is not supported
     */
    public static LibpqConnection of(
            String text, Map<String, String> environment, Path home, SocketDirectories sockets) {
        Map<LibpqOption, String> values = new EnumMap<>(LibpqOption.class);
        for (LibpqOption option : LibpqOption.values()) {
            option.variable()
                    .map(environment::get)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> values.put(option, value));
        }
        Map<LibpqOption, String> named = LibpqString.parse(text);
        String service = named.getOrDefault(LibpqOption.SERVICE, values.get(LibpqOption.SERVICE));
        if (service != null) {
            Path file = Optional.ofNullable(
                            named.getOrDefault(LibpqOption.SERVICEFILE, values.get(LibpqOption.SERVICEFILE)))
                    .map(Path::of)
                    .orElse(home.resolve(".pg_service.conf"));
            values.putAll(LibpqFiles.service(file, service));
        }
        values.putAll(named);
        values.forEach(LibpqOption::check);
        return new LibpqConnection(values, home, sockets);
    }

    /** Makes connections as the string says. */
    public Connector connector() {
        Map<SourceHost, Properties> hosts = new LinkedHashMap<>();
        Properties common = properties();
        for (SourceHost host : hosts()) {
            Properties own = DriverLogin.copy(common);
            password(host).ifPresent(password -> own.setProperty("password", password));
            hosts.put(host, own);
        }
        return new HostsConnector(hosts, common);
    }

    /** The hosts in their order, each with its port. */
    List<SourceHost> hosts() {
        List<String> names = list(LibpqOption.HOST);
        List<String> addresses = list(LibpqOption.HOSTADDR);
        if (!names.isEmpty() && !addresses.isEmpty() && names.size() != addresses.size()) {
            throw new IllegalArgumentException("connection option \"hostaddr\": could not match " + names.size()
                    + " host names to " + addresses.size() + " addresses");
        }
        int count = Math.max(1, Math.max(names.size(), addresses.size()));
        List<Integer> ports = ports(count);
        List<SourceHost> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = i < names.size() ? names.get(i) : "";
            Optional<String> address =
                    Optional.of(i < addresses.size() ? addresses.get(i) : "").filter(text -> !text.isEmpty());
            String known = name.isEmpty() ? address.orElse("") : name;
            int port = ports.get(i);
            hosts.add(new SourceHost(known.isEmpty() ? sockets.directory(port) : known, address, port));
        }
        return hosts;
    }

    private List<String> list(LibpqOption option) {
        String values = value(option, "");
        return values.isEmpty() ? List.of() : List.of(values.split(",", -1));
    }

    private List<Integer> ports(int hosts) {
        List<String> ports = List.of(value(LibpqOption.PORT, DEFAULT_PORT).split(",", -1));
        if (ports.size() != 1 && ports.size() != hosts) {
            throw new IllegalArgumentException(
                    "connection option \"port\": " + ports.size() + " ports for " + hosts + " hosts");
        }
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            String port = ports.get(ports.size() == 1 ? 0 : i).strip();
            if (!port.isEmpty()
                    && (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535 || port.equals("0"))) {
                throw new IllegalArgumentException("connection option \"port\": expected from 1 to 65535");
            }
            result.add(Integer.valueOf(port.isEmpty() ? DEFAULT_PORT : port));
        }
        return result;
    }

    /** What the driver is to know whatever host it connects to, and which hosts there are. */
    Properties properties() {
        Properties properties = new Properties();
        String user = user();
        properties.setProperty("user", user);
        properties.setProperty("PGDBNAME", value(LibpqOption.DBNAME, user));
        values.forEach((option, value) -> option.property().ifPresent(name -> properties.setProperty(name, value)));
        if (value(LibpqOption.REQUIRESSL, "0").equals("1") && !values.containsKey(LibpqOption.SSLMODE)) {
            properties.setProperty("sslmode", "require");
        }
        properties.setProperty(
                "tcpKeepAlive",
                Boolean.toString(!value(LibpqOption.KEEPALIVES, "1").equals("0")));
        properties.setProperty("sslfactory", LibpqTlsFactory.class.getName());
        properties.setProperty(TlsFiles.FOLDER, home.resolve(".postgresql").toString());
        properties.setProperty("targetServerType", serverType());
        properties.setProperty("loadBalanceHosts", Boolean.toString(isBalanced()));
        List<SourceHost> hosts = hosts();
        properties.setProperty("PGHOST", joined(hosts, SourceHost::name));
        properties.setProperty("PGPORT", joined(hosts, host -> Integer.toString(host.port())));
        if (!value(LibpqOption.HOSTADDR, "").isEmpty()) {
            properties.setProperty(DirectedSocketFactory.ADDRESS, value(LibpqOption.HOSTADDR, ""));
        }
        // A standby's connection string has room for one: the first host's, as they are servers of one cluster.
        password(hosts.get(0)).ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    private static String joined(List<SourceHost> hosts, Function<SourceHost, String> part) {
        return hosts.stream().map(part).collect(Collectors.joining(","));
    }

    /** All values, with those in place of the defaults that depend on who asks from where. */
    public Map<LibpqOption, String> resolved() {
        Map<LibpqOption, String> resolved = new EnumMap<>(values);
        resolved.putIfAbsent(LibpqOption.USER, user());
        if (!values.containsKey(LibpqOption.HOSTADDR)) {
            resolved.put(LibpqOption.HOST, joined(hosts(), SourceHost::name));
        }
        return resolved;
    }

    private String user() {
        return value(LibpqOption.USER, System.getProperty("user.name", "postgres"));
    }

    private String serverType() {
        String wanted = value(LibpqOption.TARGET_SESSION_ATTRS, "any");
        return switch (wanted) {
            case "any" -> "any";
            case "read-write", "primary" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default -> throw invalid(LibpqOption.TARGET_SESSION_ATTRS, wanted);
        };
    }

    private boolean isBalanced() {
        String wanted = value(LibpqOption.LOAD_BALANCE_HOSTS, "disable");
        return switch (wanted) {
            case "disable" -> false;
            case "random" -> true;
            default -> throw invalid(LibpqOption.LOAD_BALANCE_HOSTS, wanted);
        };
    }

    private static IllegalArgumentException invalid(LibpqOption option, String value) {
        return new IllegalArgumentException("connection option \"" + option.keyword() + "\": invalid value \""
                + UnsafePathException.visible(value) + "\"");
    }

    private Optional<String> password(SourceHost host) {
        if (values.containsKey(LibpqOption.PASSWORD)) {
            return Optional.ofNullable(values.get(LibpqOption.PASSWORD));
        }
        Path file = values.containsKey(LibpqOption.PASSFILE)
                ? Path.of(value(LibpqOption.PASSFILE, ""))
                : home.resolve(".pgpass");
        String user = user();
        String database = value(LibpqOption.DBNAME, user);
        String port = Integer.toString(host.port());
        Optional<String> password = LibpqFiles.password(file, host.name(), port, database, user);
        // In the file, the default directory of sockets goes by the name of this machine.
        return password.isEmpty() && sockets.isDefault(host.name())
                ? LibpqFiles.password(file, "localhost", port, database, user)
                : password;
    }

    /** How long to wait for a connection; empty if the string does not say, or asks for no limit. */
    public Optional<Duration> connectTimeout() {
        String seconds = value(LibpqOption.CONNECT_TIMEOUT, "0").strip();
        if (!seconds.matches("-?[0-9]{1,7}")) {
            throw new IllegalArgumentException("connection option \"connect_timeout\": expected a number of seconds");
        }
        return Optional.of(Duration.ofSeconds(Long.parseLong(seconds))).filter(time -> time.toSeconds() > 0);
    }

    private String value(LibpqOption option, String otherwise) {
        return values.getOrDefault(option, otherwise);
    }
}

package org.pgrewind4j.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a libpq connection string leads, in the driver's terms. A value comes from the string, else from the service that
 * it names, else from the environment, else from the defaults; a password also from the password file.
 */
final class LibpqConnection {

    private static final String DEFAULT_HOST = "localhost";
    private static final String DEFAULT_PORT = "5432";

    private final Map<LibpqOption, String> values;
    private final Path home;

    private LibpqConnection(Map<LibpqOption, String> values, Path home) {
        this.values = values;
        this.home = home;
    }

    /**
     * Reads a connection string.
     *
     * @throws IllegalArgumentException if it is malformed, or asks for something that is not supported
     */
    static LibpqConnection of(String text, Map<String, String> environment, Path home) {
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
        return new LibpqConnection(values, home);
    }

    /** The driver's URL: hosts, ports, database. */
    String url() {
        List<String> hosts = hosts();
        List<String> ports = ports(hosts.size());
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            if (host.startsWith("/") || host.startsWith("@")) {
                throw new IllegalArgumentException(
                        "connection option \"host\": Unix-domain sockets are not supported: \"" + host
                                + "\"\nHINT: name a host that listens on TCP.");
            }
            addresses.add((host.contains(":") ? "[" + host + "]" : host) + ":" + ports.get(i));
        }
        return "jdbc:postgresql://" + String.join(",", addresses) + "/";
    }

    private List<String> hosts() {
        String hosts = values.get(LibpqOption.HOST);
        String addresses = values.get(LibpqOption.HOSTADDR);
        if (hosts != null && addresses != null && value(LibpqOption.SSLMODE, "").equals("verify-full")) {
            throw new IllegalArgumentException(
                    "connection option \"hostaddr\" is not supported together with \"host\" and"
                            + " sslmode=verify-full\nHINT: leave hostaddr out.");
        }
        // An address says where to connect; the name beside it is for certificates only.
        String chosen = addresses != null ? addresses : hosts != null ? hosts : DEFAULT_HOST;
        List<String> list = List.of(chosen.split(",", -1));
        return list.stream().map(host -> host.isEmpty() ? DEFAULT_HOST : host).toList();
    }

    private List<String> ports(int hosts) {
        List<String> ports = List.of(value(LibpqOption.PORT, DEFAULT_PORT).split(",", -1));
        if (ports.size() != 1 && ports.size() != hosts) {
            throw new IllegalArgumentException(
                    "connection option \"port\": " + ports.size() + " ports for " + hosts + " hosts");
        }
        List<String> result = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            String port = ports.get(ports.size() == 1 ? 0 : i).strip();
            if (!port.isEmpty()
                    && (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535 || port.equals("0"))) {
                throw new IllegalArgumentException("connection option \"port\": expected from 1 to 65535");
            }
            result.add(port.isEmpty() ? DEFAULT_PORT : port);
        }
        return result;
    }

    /** Everything else that the driver is to know; the password is among it. */
    Properties properties() {
        Properties properties = new Properties();
        String user = user();
        String database = value(LibpqOption.DBNAME, user);
        properties.setProperty("user", user);
        properties.setProperty("PGDBNAME", database);
        values.forEach((option, value) -> option.property().ifPresent(name -> properties.setProperty(name, value)));
        if (value(LibpqOption.REQUIRESSL, "0").equals("1") && !values.containsKey(LibpqOption.SSLMODE)) {
            properties.setProperty("sslmode", "require");
        }
        properties.setProperty(
                "tcpKeepAlive",
                Boolean.toString(!value(LibpqOption.KEEPALIVES, "1").equals("0")));
        properties.setProperty("targetServerType", serverType());
        properties.setProperty(
                "loadBalanceHosts",
                Boolean.toString(
                        value(LibpqOption.LOAD_BALANCE_HOSTS, "disable").equals("random")));
        password(user, database).ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    /** All values, with those in place of the defaults that depend on who asks from where. */
    Map<LibpqOption, String> resolved() {
        Map<LibpqOption, String> resolved = new EnumMap<>(values);
        resolved.putIfAbsent(LibpqOption.USER, user());
        if (!values.containsKey(LibpqOption.HOSTADDR)) {
            resolved.putIfAbsent(LibpqOption.HOST, DEFAULT_HOST);
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
            default ->
                throw new IllegalArgumentException(
                        "connection option \"target_session_attrs\": invalid value \"" + wanted + "\"");
        };
    }

    private Optional<String> password(String user, String database) {
        if (values.containsKey(LibpqOption.PASSWORD)) {
            return Optional.ofNullable(values.get(LibpqOption.PASSWORD));
        }
        Path file = values.containsKey(LibpqOption.PASSFILE)
                ? Path.of(value(LibpqOption.PASSFILE, ""))
                : home.resolve(".pgpass");
        // The driver takes one password for all hosts: the first host's, as they are servers of one cluster.
        String host = List.of(value(LibpqOption.HOST, value(LibpqOption.HOSTADDR, DEFAULT_HOST))
                        .split(",", -1))
                .get(0);
        return LibpqFiles.password(file, host, ports(hosts().size()).get(0), database, user);
    }

    /** How long to wait for a connection; empty if the string does not say, or asks for no limit. */
    Optional<Duration> connectTimeout() {
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

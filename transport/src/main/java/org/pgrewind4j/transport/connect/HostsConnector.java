package org.pgrewind4j.transport.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.postgresql.util.PSQLException;

/**
 * Connections to the first of several hosts that is there and of the kind that was asked for, as libpq looks for it
 * (PostgreSQL 18: manual, "Specifying Multiple Hosts"; src/interfaces/libpq/fe-connect.c, PQconnectPoll). The driver is
 * given one host at a time: only so can each have its own way to be reached, password and encryption.
 *
 * <p>A host that has answered is the first to be asked again: all connections of a transport must reach one server.
 */
final class HostsConnector implements Connector {

    private static final String SERVER_TYPE = "targetServerType";
    private static final String CANNOT_CONNECT_NOW = "57P03";

    /** A host with all that the driver is told to connect to it. */
    private record Candidate(SourceHost host, Properties driver) {}

    private final List<Candidate> candidates;
    private final List<String> serverTypes;
    private final boolean shuffled;
    private final Map<String, String> libpqParameters;
    private volatile @Nullable Candidate found;

    /**
     * Looks at nothing yet.
     *
     * @param hosts with what the driver is told for each
     * @param common what was asked for of all of them
     */
    HostsConnector(Map<SourceHost, Properties> hosts, Properties common) {
        this.candidates = hosts.entrySet().stream()
                .map(host -> new Candidate(host.getKey(), host.getKey().tell(host.getValue())))
                .toList();
        this.serverTypes = serverTypes(common.getProperty(SERVER_TYPE, "any"));
        this.shuffled = Boolean.parseBoolean(common.getProperty("loadBalanceHosts"));
        this.libpqParameters = LibpqOption.parameters(common);
    }

    /** What is looked for, in turn: a preference is a demand that is given up when no host meets it. */
    private static List<String> serverTypes(String wanted) {
        return switch (wanted) {
            case "preferSecondary", "preferSlave" -> List.of("secondary", "any");
            case "preferPrimary" -> List.of("primary", "any");
            default -> List.of(wanted);
        };
    }

    @Override
    public String description() {
        String hosts = candidates.stream().map(each -> each.host().toString()).collect(Collectors.joining(","));
        return "server \"" + UnsafePathException.visible(hosts) + "\"";
    }

    @Override
    public Connection connect(LoginTimes times) throws SQLException {
        List<SQLException> failures = new ArrayList<>();
        List<Candidate> order = order();
        for (String type : serverTypes) {
            for (Candidate candidate : order) {
                try {
                    Properties driver = DriverLogin.copy(candidate.driver());
                    driver.setProperty(SERVER_TYPE, type);
                    Connection connection = DriverLogin.connect(driver, times);
                    found = candidate;
                    return connection;
                } catch (SQLException e) {
                    failures.add(e);
                    if (isFinal(e)) {
                        throw e;
                    }
                }
            }
        }
        throw all(order, failures);
    }

    @Override
    public Optional<Connection> connectReplicating(LoginTimes times) throws SQLException {
        Candidate known = found;
        return known == null
                ? Optional.empty()
                : Optional.of(DriverLogin.connect(DriverLogin.replicating(known.driver()), times));
    }

    private List<Candidate> order() {
        List<Candidate> order = new ArrayList<>(candidates);
        if (shuffled) {
            Collections.shuffle(order);
        }
        Candidate first = found;
        if (first != null && order.remove(first)) {
            order.add(0, first);
        }
        return order;
    }

    /** A server that answers and refuses has the last word; one that starts or stops has not. */
    private static boolean isFinal(SQLException e) {
        return e instanceof PSQLException fromDriver
                && fromDriver.getServerErrorMessage() != null
                && !CANNOT_CONNECT_NOW.equals(e.getSQLState());
    }

    /** What each host said when it was asked last. */
    private static SQLException all(List<Candidate> order, List<SQLException> failures) {
        SQLException last = failures.get(failures.size() - 1);
        if (order.size() == 1) {
            return last;
        }
        StringJoiner texts = new StringJoiner("; ");
        List<SQLException> lastRound = failures.subList(failures.size() - order.size(), failures.size());
        for (int i = 0; i < order.size(); i++) {
            texts.add(order.get(i).host() + ": " + DriverAnswer.of(lastRound.get(i)));
        }
        SQLException all = new SQLException(texts.toString(), last.getSQLState());
        failures.forEach(all::addSuppressed);
        return all;
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

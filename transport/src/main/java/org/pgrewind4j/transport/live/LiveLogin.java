package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.connect.Connector;

/** Makes connections and sees to it that each leads to the server that the first one found. */
final class LiveLogin {

    private final Connector connector;
    private final LiveTimeouts timeouts;
    private @Nullable ServerIdentity facts;

    LiveLogin(Connector connector, LiveTimeouts timeouts) {
        this.connector = connector;
        this.timeouts = timeouts;
    }

    Connector connector() {
        return connector;
    }

    LiveTimeouts timeouts() {
        return timeouts;
    }

    LiveSession connect() throws IOException, InterruptedException {
        try {
            return session(DriverCall.guard(() -> connector.connect(timeouts.login())));
        } catch (SQLException e) {
            throw LiveServerException.of("could not connect to " + connector.description(), e);
        }
    }

    /** Makes a connection that can replicate, too; empty if that cannot be asked for. */
    Optional<LiveSession> connectReplicating() throws IOException, InterruptedException {
        try {
            Optional<Connection> connection = DriverCall.guard(() -> connector.connectReplicating(timeouts.login()));
            return connection.isPresent() ? Optional.of(session(connection.get())) : Optional.empty();
        } catch (SQLException e) {
            throw LiveServerException.of("could not connect for replication to " + connector.description(), e);
        }
    }

    private LiveSession session(Connection connection) throws IOException, InterruptedException, SQLException {
        boolean usable = false;
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, (int) timeouts.socket().toMillis());
            LiveSession session = new LiveSession(connection, connector.isPooled());
            session.query(
                    ServerIdentity.query(session.processId(), timeouts),
                    ServerIdentity.FIELDS,
                    row -> check(ServerIdentity.of(row, connector.description())));
            usable = true;
            return session;
        } finally {
            if (!usable) {
                LiveSession.abort(connection);
            }
        }
    }

    private synchronized void check(ServerIdentity found) {
        if (facts == null) {
            facts = found;
        } else if (!facts.startTime().equals(found.startTime())) {
            throw new SourceChangedException("source server was restarted while it was copied: "
                    + connector.description() + ": started " + found.startTime() + ", before that "
                    + facts.startTime());
        } else if (facts.inRecovery() != found.inRecovery()) {
            throw new SourceChangedException("source server was "
                    + (found.inRecovery() ? "made a standby" : "promoted") + " while it was copied: "
                    + connector.description());
        }
    }

    /** Whether there was a connection, so that the server is there and lets the role in. */
    synchronized boolean hasConnected() {
        return facts != null;
    }

    /** What the first connection found. */
    synchronized ServerIdentity facts() {
        if (facts == null) {
            throw new IllegalStateException("not connected");
        }
        return facts;
    }
}

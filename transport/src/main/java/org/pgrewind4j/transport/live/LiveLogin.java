package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
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
        String tried = "could not connect to " + connector.description();
        Connection connection;
        try {
            connection = DriverCall.guard(() -> connector.connect(timeouts.login()));
        } catch (SQLException e) {
            throw LiveServerException.of(tried, e);
        }
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
        } catch (SQLException e) {
            throw LiveServerException.of(tried, e);
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

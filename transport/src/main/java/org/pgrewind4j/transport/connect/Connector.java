package org.pgrewind4j.transport.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** Makes connections to one source. */
public interface Connector {

    /** Names the server in messages, without secrets. */
    String description();

    /** Makes a connection, within the time for that. */
    Connection connect(LoginTimes times) throws SQLException;

    /**
     * Makes a connection that can replicate, too, and so counts among the server's senders of WAL.
     *
     * @return a connection, to the host that was connected to last if there are several; empty if there is no way to ask for one
     */
    default Optional<Connection> connectReplicating(LoginTimes times) throws SQLException {
        return Optional.empty();
    }

    /** How libpq would reach the server, by its keywords; secrets included. Empty if that is not known. */
    Map<String, String> libpqParameters();

    /** Whether a connection goes back to a pool when it is closed, so that its settings must be taken back. */
    boolean isPooled();
}

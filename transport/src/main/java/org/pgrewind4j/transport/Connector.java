package org.pgrewind4j.transport;

import java.sql.Connection;
import java.sql.SQLException;

/** Makes connections to one source. */
interface Connector {

    /** Names the server in messages, without secrets. */
    String description();

    /** Makes a connection, within the time for that. */
    Connection connect(LiveTimeouts timeouts) throws SQLException;

    /** Whether a connection goes back to a pool when it is closed, so that its settings must be taken back. */
    boolean isPooled();
}

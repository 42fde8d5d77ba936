package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * One connection, used by one thread at a time. All it does is {@code COPY (query) TO STDOUT}: one round trip for each
 * query, streamed in binary form, without a transaction, a cursor or a prepared statement.
 */
final class LiveSession {

    private static final System.Logger LOGGER = System.getLogger(LiveSession.class.getName());

    /** Takes the rows of a query, as they come. */
    @FunctionalInterface
    interface RowHandler {
        void row(CopyOutReader row) throws IOException, InterruptedException;
    }

    private final Connection connection;
    private final PGConnection driver;
    private final CopyManager copies;
    private final boolean pooled;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile boolean broken;

    LiveSession(Connection connection, boolean pooled) throws SQLException {
        this.connection = connection;
        this.pooled = pooled;
        this.driver = connection.unwrap(PGConnection.class);
        this.copies = driver.getCopyAPI();
    }

    /** The number of the server's process, as the server, or what stands before it, said when it was connected to. */
    int processId() {
        return driver.getBackendPID();
    }

    /** Runs a query. After an error that leaves the connection in the middle of something, it {@link #isBroken}. */
    void query(String query, int fields, RowHandler handler) throws SQLException, IOException, InterruptedException {
        boolean finished = false;
        try {
            CopyOut copy = DriverCall.guard(() -> copies.copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)"));
            CopyOutReader rows = new CopyOutReader(copy, fields);
            while (rows.next()) {
                handler.row(rows);
            }
            finished = true;
        } catch (SQLException e) {
            // An error that the server itself sent leaves the connection ready for the next query.
            finished = !isConnectionLost(e.getSQLState()) && !connection.isClosed();
            throw e;
        } finally {
            broken |= !finished;
        }
    }

    /**
     * Streams WAL for a moment, as a standby does, to say which it has got. It never says that it has more: a commit may wait
     * for a synchronous standby, which the server could take it for ({@code src/backend/replication/syncrep.c}, {@code
     * SyncRepReleaseWaiters}).
     *
     * @param slot that the standby would use
     * @param position up to where it says that it has WAL: the slot stays there
     */
    void confirm(String slot, Lsn position) throws SQLException {
        boolean finished = false;
        try {
            PGReplicationStream stream = driver.getReplicationAPI()
                    .replicationStream()
                    .physical()
                    .withSlotName(slot)
                    .withStartPosition(LogSequenceNumber.valueOf(position.value()))
                    .start();
            stream.setFlushedLSN(LogSequenceNumber.valueOf(position.value()));
            stream.forceUpdateStatus();
            stream.close();
            finished = true;
        } finally {
            broken |= !finished;
        }
    }

    /** Runs a command that has no result. */
    void execute(String command) throws SQLException {
        boolean finished = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
            finished = true;
        } catch (SQLException e) {
            finished = !isConnectionLost(e.getSQLState());
            throw e;
        } finally {
            broken |= !finished;
        }
    }

    /**
     * Whether an error of this state, or without one, says that the connection, or the server, is gone; then another
     * connection may do better.
     */
    static boolean isConnectionLost(@Nullable String state) {
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    boolean isBroken() {
        return broken;
    }

    /** Ends a query from another thread: on the server, and here even if the server does not answer any more. */
    void cancel() {
        if (cancelled.compareAndSet(false, true)) {
            broken = true;
            Thread canceller = new Thread(this::cancelNow, "pgrewind4j-cancel");
            canceller.setDaemon(true);
            canceller.start();
        }
    }

    private void cancelNow() {
        try {
            driver.cancelQuery();
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "could not cancel a query on the source", e);
        } finally {
            abort();
        }
    }

    private void abort() {
        abort(connection);
    }

    /** Ends a connection that may not answer any more; a pool that lent it hears of it, and can lend another. */
    static void abort(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "could not close a connection to the source", e);
        }
    }

    /** Closes the connection without a word to the server, which may be gone. */
    void abandon() {
        broken = true;
        abort();
    }

    /** Closes the connection; a pool gets it back as it was. */
    void close() {
        if (broken) {
            abort();
            return;
        }
        try (connection;
                Statement statement = connection.createStatement()) {
            if (pooled) {
                statement.execute("RESET ALL");
            }
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "could not close a connection to the source", e);
        }
    }
}

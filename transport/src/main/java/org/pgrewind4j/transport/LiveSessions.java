package org.pgrewind4j.transport;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one source: made when they are needed, kept while they are idle. All lead to the same server, between
 * the same two of its starts, or the transport ends: what came before and after a restart does not belong together.
 */
final class LiveSessions {

    private static final Duration CLOSING = Duration.ofSeconds(4);

    private final Connector connector;
    private final LiveTimeouts timeouts;
    private final Deadline deadline;
    private final Deque<LiveSession> idle = new ArrayDeque<>();
    private final Set<LiveSession> busy = new HashSet<>();
    private @Nullable LiveFacts facts;
    private boolean closed;

    LiveSessions(Connector connector, LiveTimeouts timeouts) {
        this.connector = connector;
        this.timeouts = timeouts;
        this.deadline = Deadline.after(timeouts.overall());
    }

    String description() {
        return connector.description();
    }

    Map<String, String> libpqParameters() {
        return connector.libpqParameters();
    }

    LiveTimeouts timeouts() {
        return timeouts;
    }

    Deadline deadline() {
        return deadline;
    }

    /** Takes an idle connection or makes one. */
    LiveSession take() throws IOException, InterruptedException {
        synchronized (this) {
            LiveSession session = idle.poll();
            if (session != null) {
                busy.add(session);
                return session;
            }
        }
        LiveSession session = connect();
        synchronized (this) {
            if (!closed) {
                busy.add(session);
                return session;
            }
        }
        session.close();
        throw new IOException("transport was closed while it was read: " + description());
    }

    private LiveSession connect() throws IOException, InterruptedException {
        String tried = "could not connect to " + description();
        Connection connection;
        try {
            connection = DriverCall.guard(() -> connector.connect(timeouts));
        } catch (SQLException e) {
            throw LiveServerException.of(tried, e);
        }
        boolean usable = false;
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, (int) timeouts.socket().toMillis());
            LiveSession session = new LiveSession(connection, connector.isPooled());
            session.query(
                    LiveFacts.query(session.processId(), timeouts),
                    LiveFacts.FIELDS,
                    row -> check(LiveFacts.of(row, description())));
            usable = true;
            return session;
        } catch (SQLException e) {
            throw LiveServerException.of(tried, e);
        } finally {
            if (!usable) {
                abort(connection);
            }
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It could not be used, and now it cannot be closed: nothing is lost.
        }
    }

    private synchronized void check(LiveFacts found) {
        if (facts == null) {
            facts = found;
        } else if (!facts.startTime().equals(found.startTime())) {
            throw new SourceChangedException("source server was restarted while it was copied: " + description()
                    + ": started " + found.startTime() + ", before that " + facts.startTime());
        } else if (facts.inRecovery() != found.inRecovery()) {
            throw new SourceChangedException("source server was "
                    + (found.inRecovery() ? "made a standby" : "promoted") + " while it was copied: "
                    + description());
        }
    }

    /** Whether there was a connection, so that the server is there and lets the role in. */
    synchronized boolean hasConnected() {
        return facts != null;
    }

    /** What the first connection found. */
    synchronized LiveFacts facts() {
        if (facts == null) {
            throw new IllegalStateException("not connected");
        }
        return facts;
    }

    /** Gives a connection back; one that is broken is not used again. */
    void giveBack(LiveSession session) {
        synchronized (this) {
            busy.remove(session);
            notifyAll();
            if (!closed && !session.isBroken()) {
                idle.push(session);
                return;
            }
        }
        session.close();
    }

    /** Forgets the idle connections: what ended one has mostly ended the others, of which there may be more than attempts. */
    void abandonIdle() {
        List<LiveSession> abandoned;
        synchronized (this) {
            abandoned = List.copyOf(idle);
            idle.clear();
        }
        abandoned.forEach(LiveSession::abandon);
    }

    /** Closes all connections; queries that run are cancelled. */
    void close() {
        List<LiveSession> resting;
        synchronized (this) {
            closed = true;
            resting = new ArrayList<>(idle);
            idle.clear();
            busy.forEach(LiveSession::cancel);
        }
        resting.forEach(LiveSession::close);
        awaitEnd();
    }

    /** Cancelled queries end at once, or when their connection is cut a moment later: then all is given back. */
    private synchronized void awaitEnd() {
        Deadline end = Deadline.after(CLOSING);
        try {
            while (!busy.isEmpty() && !end.isOver()) {
                TimeUnit.NANOSECONDS.timedWait(this, end.remainingNanos(CLOSING));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.RetainedWal;

/**
 * A temporary replication slot, which keeps a running server from removing WAL from its present redo point on
 * ({@code src/backend/replication/slot.c}, {@code ReplicationSlotReserveWal}). It belongs to one session, which does nothing
 * else meanwhile, and goes away with it: when that is closed here, when this process ends in whatever way, and, as the
 * session is made to notice that soon, when the network between the two does.
 *
 * <p>It is a wish: a role that may not replicate, a server without room for one more slot or connection, or one before 10, which
 * has no temporary slots, does not get one.
 */
final class LiveSlot implements RetainedWal {

    private static final System.Logger LOGGER = System.getLogger(LiveSlot.class.getName());

    private static final int FIRST_WITH_TEMPORARY_SLOTS = 10;

    /** No row for a role that may not: an error would be written to the server's log. */
    private static final String CREATE = """
            SELECT (pg_create_physical_replication_slot('pgrewind4j_' || pg_backend_pid(), true, true)).lsn::text
              FROM pg_roles
             WHERE rolname = current_user AND (rolreplication OR rolsuper)
               AND (SELECT count(set_config(name, setting, false)) FROM (VALUES ('tcp_keepalives_idle', '10'),
                       ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) AS v (name, setting)) = 3""";

    /** The session's own, if it still has it. */
    private static final String DROP = """
            SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots
             WHERE slot_name = 'pgrewind4j_' || pg_backend_pid()""";

    private final LiveSessions sessions;
    private final LiveSession session;
    private final Lsn from;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LiveSlot(LiveSessions sessions, LiveSession session, Lsn from) {
        this.sessions = sessions;
        this.session = session;
        this.from = from;
    }

    static RetainedWal create(LiveSessions sessions, CallGuard gate) throws IOException {
        if (sessions.facts().major() < FIRST_WITH_TEMPORARY_SLOTS || sessions.arePooled()) {
            return RetainedWal.without(Lsn.MAX);
        }
        try {
            Optional<LiveSlot> slot = LiveWorkers.call(sessions, gate, session -> create(sessions, session));
            if (slot.isEmpty()) {
                return RetainedWal.without(Lsn.MAX);
            }
            if (sessions.hasMore()) {
                return slot.get();
            }
            slot.get().drop(gate);
        } catch (LiveServerException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "no replication slot: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + sessions.description() + " was asked for a slot");
        }
        return RetainedWal.without(Lsn.MAX);
    }

    private static Optional<LiveSlot> create(LiveSessions sessions, LiveSession session)
            throws IOException, SQLException, InterruptedException {
        List<Lsn> restart = new ArrayList<>();
        session.query(CREATE, 1, row -> restart.add(Lsn.parse(row.text(0))));
        if (restart.isEmpty()) {
            return Optional.empty();
        }
        sessions.reserve(session);
        return Optional.of(new LiveSlot(sessions, session, restart.get(0)));
    }

    /** The only connection that can be had is needed to copy. */
    private void drop(CallGuard gate) throws IOException {
        closed.set(true);
        sessions.unreserve(session);
        LiveWorkers.call(sessions, gate, any -> {
            any.query(DROP, 1, row -> {});
            return true;
        });
    }

    @Override
    public Lsn from() {
        return from;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            sessions.release(session);
        }
    }
}

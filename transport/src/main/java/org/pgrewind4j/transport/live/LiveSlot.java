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
 * ({@code src/backend/replication/slot.c}, {@code ReplicationSlotReserveWal}), or from before it where that is wanted.
 *
 * <p>What lies before the redo point is there still, as a rule, and the next checkpoint may remove it. A slot goes back there when
 * a standby says that it has got its WAL up to then only: the server takes its word, whichever way it leads
 * ({@code src/backend/replication/walsender.c}, {@code PhysicalConfirmReceivedLocation}), and removes nothing from there on
 * ({@code xlog.c}, {@code KeepLogSeg}). So a connection that can replicate asks for WAL where it ends, answers once, as a standby
 * that is behind, and stops. What is gone already does not come back, and is looked for as any other.
 * It is a slot beside the other one, and no word is given for it: a server that limits what slots may keep would end such a
 * connection, so it is not asked, and a checkpoint that runs already may have decided by then what it removes, and ends it as
 * well ({@code CreateCheckPoint}, {@code InvalidateObsoleteReplicationSlots}).
 *
 * <p>The slot belongs to one session, which does nothing
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
            SELECT (pg_create_physical_replication_slot('pgrewind4j_' || pg_backend_pid(), true, true)).lsn::text,
                   pg_size_bytes(current_setting('wal_segment_size')),
                   coalesce(current_setting('max_slot_wal_keep_size', true), '-1') = '-1'
              FROM pg_roles
             WHERE rolname = current_user AND (rolreplication OR rolsuper)
               AND (SELECT count(set_config(name, setting, false)) FROM (VALUES ('tcp_keepalives_idle', '10'),
                       ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) AS v (name, setting)) = 3""";

    /** The session's own, if it still has it. */
    private static final String DROP = """
            SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots
             WHERE slot_name = 'pgrewind4j_' || pg_backend_pid()""";

    /**
     * What the server says of a slot that it has made.
     *
     * @param from where on it keeps WAL
     * @param segmentSize bytes in a segment, of which each is kept or removed as a whole
     * @param isUnlimited whether a slot may keep as much as it wants
     */
    private record Made(Lsn from, long segmentSize, boolean isUnlimited) {
        boolean isLateFor(Lsn wanted) {
            return isUnlimited && wanted.isBefore(new Lsn(from.value() & -segmentSize));
        }
    }

    private final LiveSessions sessions;
    private final LiveSession session;
    private final Made made;

    /** Has a slot of its own, from before the redo point on. */
    private final Optional<LiveSession> earlier;

    private final AtomicBoolean closed = new AtomicBoolean();

    private LiveSlot(LiveSessions sessions, LiveSession session, Made made, Optional<LiveSession> earlier) {
        this.sessions = sessions;
        this.session = session;
        this.made = made;
        this.earlier = earlier;
    }

    static RetainedWal create(LiveSessions sessions, CallGuard gate) throws IOException {
        return create(sessions, gate, Lsn.MAX);
    }

    /** Makes one that keeps WAL from a position on, or, where that cannot be had, from the redo point on. */
    static RetainedWal create(LiveSessions sessions, CallGuard gate, Lsn wanted) throws IOException {
        if (sessions.facts().major() < FIRST_WITH_TEMPORARY_SLOTS || sessions.arePooled()) {
            return RetainedWal.without(Lsn.MAX);
        }
        try {
            Optional<LiveSlot> slot = LiveWorkers.call(sessions, gate, session -> create(sessions, session, wanted));
            if (slot.isEmpty()) {
                return RetainedWal.without(Lsn.MAX);
            }
            if (sessions.hasMore() || (slot.get().giveUpEarlier() && sessions.hasMore())) {
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

    private static Optional<LiveSlot> create(LiveSessions sessions, LiveSession session, Lsn wanted)
            throws IOException, SQLException, InterruptedException {
        Optional<Made> made = make(session);
        if (made.isEmpty()) {
            return Optional.empty();
        }
        sessions.reserve(session);
        Optional<LiveSession> earlier = made.get().isLateFor(wanted) ? from(sessions, wanted) : Optional.empty();
        return Optional.of(new LiveSlot(sessions, session, made.get(), earlier));
    }

    private static Optional<Made> make(LiveSession session) throws IOException, SQLException, InterruptedException {
        List<Made> made = new ArrayList<>();
        session.query(CREATE, 3, row -> made.add(new Made(Lsn.parse(row.text(0)), row.int64(1), row.bool(2))));
        return made.stream().findFirst();
    }

    /** A session with one that keeps all from a position on; empty where the server does not let it, or there is no way to ask. */
    private static Optional<LiveSession> from(LiveSessions sessions, Lsn wanted)
            throws IOException, InterruptedException {
        Optional<LiveSession> session = Optional.empty();
        boolean kept = false;
        try {
            session = sessions.replicating();
            Optional<Made> made = session.isPresent() ? make(session.get()) : Optional.empty();
            if (made.isPresent()) {
                session.get().confirm("pgrewind4j_" + session.get().processId(), wanted);
                kept = true;
            }
        } catch (LiveServerException | SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "no replication slot from {0} on: {1}", wanted, e.getMessage());
        } finally {
            if (!kept) {
                session.ifPresent(sessions::release);
            }
        }
        return kept ? session : Optional.empty();
    }

    /** Whether a connection is free now that another could be. */
    private boolean giveUpEarlier() {
        earlier.ifPresent(sessions::release);
        return earlier.isPresent();
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
        return made.from();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            sessions.release(session);
            earlier.ifPresent(sessions::release);
        }
    }
}

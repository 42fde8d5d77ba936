package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * What a running server says of itself at one moment.
 *
 * @param inRecovery whether it is a standby; then the timeline is 1, for it does not tell
 * @param startTime when the server started
 * @param position up to where WAL is on disk; of a standby, up to where it is replayed
 * @param timeline on which WAL is written
 */
record LiveState(boolean inRecovery, String startTime, Lsn position, TimelineId timeline) {

    private static final int FIELDS = 4;

    private static final int TIMELINE_DIGITS = 8;

    /** Page headers in WAL (PostgreSQL: {@code src/include/access/xlog_internal.h}): on a page, and on a segment's first. */
    private static final int SHORT_HEADER = 24;

    private static final int LONG_HEADER = 40;

    static LiveState ask(LiveSessions sessions, CallGuard gate) throws IOException {
        List<LiveState> states = new ArrayList<>();
        LiveWorkers.call(sessions, gate, session -> {
            states.clear();
            session.query(query(sessions.facts().major()), FIELDS, row -> states.add(of(row)));
            return true;
        });
        return only(states);
    }

    /** The answer of a query that has one row. */
    static <T> T only(List<T> rows) throws IOException {
        if (rows.size() != 1) {
            throw CopyOutReader.malformed("expected one row, found " + rows.size());
        }
        return rows.get(0);
    }

    /** The functions got their present names in 10. */
    private static String query(int major) {
        String flush = major >= 10 ? "pg_current_wal_flush_lsn()" : "pg_current_xlog_flush_location()";
        String replay = major >= 10 ? "pg_last_wal_replay_lsn()" : "pg_last_xlog_replay_location()";
        String fileName = major >= 10 ? "pg_walfile_name" : "pg_xlogfile_name";
        return "SELECT pg_is_in_recovery(), pg_postmaster_start_time()::text,"
                + " CASE WHEN pg_is_in_recovery() THEN coalesce(" + replay + "::text, '0/0') ELSE " + flush
                + "::text END, CASE WHEN NOT pg_is_in_recovery() THEN " + fileName + "(" + flush + ") END";
    }

    private static LiveState of(CopyOutReader row) throws IOException {
        boolean inRecovery = row.bool(0);
        try {
            if (inRecovery) {
                return new LiveState(true, row.text(1), Lsn.parse(row.text(2)), new TimelineId(1));
            }
            String segment = row.text(3);
            if (segment.length() < TIMELINE_DIGITS) {
                throw CopyOutReader.malformed("a WAL segment named \"" + UnsafePathException.visible(segment) + "\"");
            }
            return new LiveState(
                    false,
                    row.text(1),
                    Lsn.parse(row.text(2)),
                    new TimelineId(Long.parseLong(segment, 0, TIMELINE_DIGITS, 16)));
        } catch (IllegalArgumentException e) {
            throw LiveServerException.of("the server's answer is malformed: " + e.getMessage(), e);
        }
    }

    /**
     * Where the WAL that is on disk ends. A position just behind a page header stands for the same record boundary as the
     * begin of that page; replay ends at the latter, and would wait for the former until the next record comes.
     */
    Lsn endOfWal(ControlFile controlFile) {
        if (Long.remainderUnsigned(position.value(), controlFile.walSegmentSize()) == LONG_HEADER) {
            return position.plus(-LONG_HEADER);
        }
        return Long.remainderUnsigned(position.value(), controlFile.walBlockSize()) == SHORT_HEADER
                ? position.plus(-SHORT_HEADER)
                : position;
    }
}

package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.RecordBoundary;

/**
 * Where the WAL of a running source ends, and whether it is still the source that the transport was opened on.
 *
 * <p>A primary is asked up to where its WAL is flushed, after the last byte was fetched. Records that it has made and not
 * flushed need not be replayed, for whatever lies in its files at a moment, its own crash recovery would have to do with at
 * that moment, and with the WAL that is flushed then:
 *
 * <ul>
 *   <li>A page is written after the WAL up to its LSN is flushed ({@code src/backend/storage/buffer/bufmgr.c},
 *       {@code FlushBuffer}). A hint bit about a commit is set when that commit is flushed, or on a page whose LSN is behind
 *       it ({@code src/backend/access/heap/heapam_visibility.c}, {@code SetHintBits}): asynchronous commits are no exception.
 *   <li>A page of {@code pg_xact} is written after the commits that it notes are flushed
 *       ({@code src/backend/access/transam/slru.c}, {@code SlruPhysicalWritePage}, by the LSN that it keeps for groups of
 *       transactions). The other SLRUs may be ahead of the WAL, in entries that nothing on disk refers to; these are written
 *       again before they mean anything ({@code multixact.c}, {@code commit_ts.c}).
 *   <li>A relation map is written after its record is flushed ({@code src/backend/utils/cache/relmapper.c},
 *       {@code write_relmap_file}), and the control file after the checkpoint that it names.
 *   <li>Files are created and extended before their records are made ({@code src/backend/catalog/storage.c},
 *       {@code RelationCreateStorage}), and removed after the commit that does it is flushed
 *       ({@code src/backend/access/transam/xact.c}, {@code RecordTransactionCommit}).
 * </ul>
 *
 * <p>So each piece of a copy, fetched at some moment, needs WAL that was flushed at that moment, and F is not before any of
 * them. No page on disk has an LSN inside a record, so that F may be the end of the last record that is flushed whole.
 *
 * <p>Of a standby, {@link StandbyEnd} says where replay must end, and {@link StandbyTimeline} on which timeline.
 */
final class LiveReplayEnd {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** A source that writes very fast can have removed the segment meanwhile that it has just flushed. */
    private static final int ATTEMPTS = 5;

    private final Transport transport;
    private final LiveSessions sessions;
    private final CallGuard gate;
    private final LiveState opened;
    private final StandbyTimeline standbyTimeline;

    /** The timeline when the transport was opened; empty if the role may not ask. */
    private final Optional<TimelineId> openedTimeline;

    private LiveReplayEnd(
            Transport transport,
            LiveSessions sessions,
            CallGuard gate,
            LiveState opened,
            StandbyTimeline standbyTimeline,
            Optional<TimelineId> openedTimeline) {
        this.transport = transport;
        this.sessions = sessions;
        this.gate = gate;
        this.opened = opened;
        this.standbyTimeline = standbyTimeline;
        this.openedTimeline = openedTimeline;
    }

    /** Remembers what the source is now. */
    static LiveReplayEnd of(Transport transport, LiveSessions sessions, CallGuard gate) throws IOException {
        LiveState opened = LiveState.ask(sessions, gate);
        StandbyTimeline ofStandby = new StandbyTimeline(transport);
        Optional<TimelineId> timeline =
                opened.inRecovery() ? timeline(ofStandby, opened, transport) : Optional.of(opened.timeline());
        return new LiveReplayEnd(transport, sessions, gate, opened, ofStandby, timeline);
    }

    private static Optional<TimelineId> timeline(StandbyTimeline ofStandby, LiveState opened, Transport transport)
            throws IOException {
        try {
            return ofStandby.find(opened.position(), transport.controlFile());
        } catch (LiveServerException e) {
            // Reported as a problem when problems are asked for.
            if (e.sqlState().filter(INSUFFICIENT_PRIVILEGE::equals).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    ReplayEnd ask() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return askOnce();
            } catch (MissingWalException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private ReplayEnd askOnce() throws IOException {
        LiveState now = LiveState.ask(sessions, gate);
        // Read last, so that it is not older than anything that was fetched.
        ControlFile controlFile = transport.controlFile();
        TimelineId timeline = now.inRecovery() ? replayedTimeline(now, controlFile) : now.timeline();
        String change = change(now, timeline);
        if (!change.isEmpty()) {
            throw new SourceChangedException(
                    "source server " + change + " while it was copied: " + sessions.description());
        }
        if (now.inRecovery()) {
            return StandbyEnd.of(transport.wal(), now.position(), timeline, controlFile);
        }
        Lsn end = RecordBoundary.atOrBefore(
                transport.wal(),
                controlFile.version(),
                controlFile.walSegmentSize(),
                timeline,
                now.endOfWal(controlFile));
        return new ReplayEnd(end, timeline, controlFile);
    }

    private TimelineId replayedTimeline(LiveState now, ControlFile controlFile) throws IOException {
        return standbyTimeline
                .find(now.position(), controlFile)
                .orElseThrow(() -> LiveServerException.of(PgRewindException.withHint(
                        "source server has replayed WAL up to " + now.position()
                                + ", and neither its control file nor its WAL tells on which timeline: "
                                + sessions.description(),
                        "execute CHECKPOINT on the source, and plan again.")));
    }

    private String change(LiveState now, TimelineId timeline) {
        if (!now.startTime().equals(opened.startTime())) {
            return "was restarted";
        }
        if (now.inRecovery() != opened.inRecovery()) {
            return now.inRecovery() ? "was made a standby" : "was promoted";
        }
        return openedTimeline.filter(timeline::equals).isPresent() ? "" : "went on to timeline " + timeline;
    }
}

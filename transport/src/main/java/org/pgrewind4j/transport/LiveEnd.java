package org.pgrewind4j.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.ControlFile;

/** Where the WAL of a running source ends, and whether it is still the source that the transport was opened on. */
final class LiveEnd {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** How often, and with what pause, the end of WAL is looked at until it is on disk. */
    private static final int FLUSH_LOOKS = 20;

    private static final long FLUSH_PAUSE_MILLIS = 50;

    private final Transport transport;
    private final LiveSessions sessions;
    private final Gate gate;
    private final LiveState opened;

    /** The timeline when the transport was opened; empty if the role may not ask. */
    private final Optional<TimelineId> openedTimeline;

    private LiveEnd(
            Transport transport,
            LiveSessions sessions,
            Gate gate,
            LiveState opened,
            Optional<TimelineId> openedTimeline) {
        this.transport = transport;
        this.sessions = sessions;
        this.gate = gate;
        this.opened = opened;
        this.openedTimeline = openedTimeline;
    }

    /** Remembers what the source is now. */
    static LiveEnd of(Transport transport, LiveSessions sessions, Gate gate) throws IOException {
        LiveState opened = LiveState.ask(sessions, gate);
        Optional<TimelineId> timeline =
                opened.inRecovery() ? standbyTimeline(transport) : Optional.of(opened.timeline());
        return new LiveEnd(transport, sessions, gate, opened, timeline);
    }

    private static Optional<TimelineId> standbyTimeline(Transport transport) throws IOException {
        try {
            return Optional.of(timeline(transport.controlFile()));
        } catch (LiveServerException e) {
            // Reported as a problem when problems are asked for.
            if (e.sqlState().filter(INSUFFICIENT_PRIVILEGE::equals).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A promotion is in the minimum recovery point at once, and in the checkpoint only after the next one. */
    private static TimelineId timeline(ControlFile controlFile) {
        TimelineId checkPoint = controlFile.checkPointCopy().timeline();
        TimelineId recovery = controlFile.minRecoveryPointTimeline().orElse(checkPoint);
        return recovery.compareTo(checkPoint) > 0 ? recovery : checkPoint;
    }

    ReplayEnd ask() throws IOException {
        LiveState now = flushed(LiveState.ask(sessions, gate));
        // Read last: a standby moves its minimum recovery point before it writes a page that is newer.
        ControlFile controlFile = transport.controlFile();
        TimelineId timeline = now.inRecovery() ? timeline(controlFile) : now.timeline();
        String change = change(now, timeline);
        if (!change.isEmpty()) {
            throw new SourceChangedException(
                    "source server " + change + " while it was copied: " + sessions.description());
        }
        return now.inRecovery()
                ? LocalDirectoryTransport.endOf(controlFile)
                : new ReplayEnd(now.endOfWal(controlFile), timeline, controlFile);
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

    /**
     * Waits until all WAL up to a primary's insert position is on disk, so that it can be copied from there. A transaction
     * that does nothing may keep the last record in memory; then the WAL comes by streaming.
     */
    private LiveState flushed(LiveState state) throws IOException {
        // The insert position may stand behind a page header that is not written before the next record.
        Lsn wanted = state.insert().plus(-LiveState.LONG_HEADER);
        LiveState now = state;
        for (int look = 0;
                look < FLUSH_LOOKS && !state.inRecovery() && now.flushed().isBefore(wanted);
                look++) {
            try {
                Thread.sleep(FLUSH_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading " + sessions.description());
            }
            now = LiveState.ask(sessions, gate);
        }
        return state;
    }
}

package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * The timeline that a running standby replays.
 *
 * <p>No function tells it. The control file names a timeline when the first page or restartpoint of it is written
 * ({@code src/backend/access/transam/xlog.c}, {@code UpdateMinRecoveryPoint}), which can be long after a standby has begun to
 * follow it: the standby of a server that was promoted and idles since looks as if it were still on the old timeline.
 *
 * <p>The standby's own WAL tells. Let P be the end of the last record that it has replayed, as
 * {@code pg_last_wal_replay_lsn()} says, and let a timeline that it has the history of ({@code walreceiver.c},
 * {@code WalRcvFetchTimeLineHistoryFiles}; {@code timeline.c}, {@code readTimeLineHistory}) leave the one of the control file
 * at X.
 *
 * <ul>
 *   <li>If P is not behind X, the standby has replayed nothing but what both timelines share. It is on the old one, as far as
 *       it has got.
 *   <li>If it is, the standby has replayed a record behind X that ends at P. That record lies in its directory, in a segment of
 *       the timeline that it was replayed on: what is streamed is written there first, what is restored from an archive is
 *       kept there ({@code xlogarchive.c}, {@code KeepFileRestoredFromArchive}), and nothing from the redo point of the last
 *       restartpoint on is removed. So among the timelines that can be meant, the true one has valid records from X up to
 *       exactly P. If no other has, that is the one: one that ends at X, or was received and not replayed, has not.
 *   <li>If several have, or none, it is not known, and must not be guessed.
 * </ul>
 *
 * <p>A timeline is left for good: until it is started anew, a server goes on only to timelines that begin behind what it has
 * replayed ({@code xlogrecovery.c}, {@code rescanLatestTimeLine}). So what is found once need not be looked for again.
 *
 * <p>The standby's pages hold what is behind X of this timeline alone, if anything, and up to P; {@link StandbyEnd} says where
 * replay must end, on this timeline.
 */
final class StandbyTimeline {

    private static final int XLOG_SWITCH = 0x40;

    private final Transport transport;

    /** What was found last, and what was replayed then. */
    private Lsn provenAt = Lsn.INVALID;

    private TimelineId proven = new TimelineId(1);

    StandbyTimeline(Transport transport) {
        this.transport = transport;
    }

    /**
     * Finds the timeline.
     *
     * @param replayed up to where it has replayed
     * @param controlFile read after that
     * @return the timeline; empty if it cannot be told
     */
    synchronized Optional<TimelineId> find(Lsn replayed, ControlFile controlFile) throws IOException {
        TimelineId noted = noted(controlFile);
        if (noted.compareTo(proven) > 0) {
            proven = noted;
            provenAt = Lsn.INVALID;
        }
        List<TimelineHistory> learned = learned(replayed, controlFile);
        if (!learned.isEmpty()) {
            Lsn from = learned.stream()
                    .map(history -> history.span(proven).orElseThrow().end())
                    .min(Lsn::compareTo)
                    .orElseThrow();
            learned.add(TimelineHistory.ofSingle(proven));
            List<TimelineId> possible = new ArrayList<>();
            for (TimelineHistory history : learned) {
                if (holds(history, from, replayed, controlFile)) {
                    possible.add(history.timeline());
                }
            }
            if (possible.size() != 1) {
                return Optional.empty();
            }
            proven = possible.get(0);
        }
        provenAt = Lsn.max(provenAt, replayed);
        return Optional.of(proven);
    }

    /** A promotion is in the minimum recovery point at once, and in the checkpoint only after the next one. */
    private static TimelineId noted(ControlFile controlFile) {
        TimelineId checkPoint = controlFile.checkPointCopy().timeline();
        TimelineId recovery = controlFile.minRecoveryPointTimeline().orElse(checkPoint);
        return recovery.compareTo(checkPoint) > 0 ? recovery : checkPoint;
    }

    /** The histories, without a gap as a server looks for them, of timelines that can have brought it where it is. */
    private List<TimelineHistory> learned(Lsn replayed, ControlFile controlFile) throws IOException {
        List<TimelineHistory> learned = new ArrayList<>();
        for (long number = proven.value() + 1; ; number++) {
            Optional<TimelineHistory> history = transport.history(controlFile.version(), new TimelineId(number));
            if (history.isEmpty()) {
                return learned;
            }
            Optional<TimelineSpan> left = history.get().span(proven);
            if (left.isPresent()
                    && !left.get().end().isBefore(provenAt)
                    && history.get().last().begin().isBefore(replayed)) {
                learned.add(history.get());
            }
        }
    }

    private boolean holds(TimelineHistory history, Lsn from, Lsn replayed, ControlFile controlFile) throws IOException {
        int segmentSize = controlFile.walSegmentSize();
        WalSegmentSource wal = transport.wal();
        TimelineSpan last = history.last();
        // Else what follows a switch within a segment would be taken from the timeline that ended there.
        WalSegmentSource own =
                name -> name.end().isAfter(last.begin()) && !name.timeline().equals(last.timeline())
                        ? Optional.empty()
                        : wal.open(name);
        try (WalReader reader = WalReader.open(own, controlFile.version(), segmentSize, history, from)
                .until(replayed)) {
            Lsn end = from;
            for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
                end = isSwitch(record.get())
                        ? new Lsn(record.get().end().plus(segmentSize - 1).value() & -segmentSize)
                        : record.get().end();
            }
            return end.equals(replayed);
        } catch (PgRewindException e) {
            // A segment is missing, or is not of that timeline.
            return false;
        }
    }

    private static boolean isSwitch(WalRecord record) {
        return record.resourceManager().equals(ResourceManager.XLOG) && (record.info() & 0xF0) == XLOG_SWITCH;
    }
}

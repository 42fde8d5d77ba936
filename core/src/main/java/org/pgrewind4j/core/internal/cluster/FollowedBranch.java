package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Which branch a target follows after a rewind from a backup, and how far it must replay there.
 *
 * <p>A backup cannot know of a failover that came after it. The timeline is the newest that the archives know behind the
 * backup's own, found as a server finds it that recovers to the latest one ({@code
 * src/backend/access/transam/timeline.c}, {@code findNewestTimeLine}). All of the backup, from its begin to its end, must lie
 * on that timeline's history; else its pages hold work that was abandoned.
 *
 * <p>Replay goes to the backup's end. If the backup is of a time before the timeline, its end is not enough: pages of the
 * target that stay are as new as the divergence. Replay then goes to the end of the first record of that timeline, which is
 * behind every position that the two can share, and proves that the WAL of the branch is at hand.
 *
 * @param history of the timeline
 * @param end where replay must arrive, which is on that timeline
 */
record FollowedBranch(TimelineHistory history, Lsn end) {

    static FollowedBranch find(Backup backup, BackupSpan span, ControlFile stored, WalSegmentSource wal)
            throws IOException {
        TimelineHistory history = newest(backup, span, stored, wal);
        requireWithin(backup, span, history);
        Lsn end = history.timeline().equals(span.endTimeline())
                ? span.end()
                : firstRecord(backup, history, stored, wal).end();
        return new FollowedBranch(history, end);
    }

    private static TimelineHistory newest(Backup backup, BackupSpan span, ControlFile stored, WalSegmentSource wal)
            throws IOException {
        TimelineId own = span.endTimeline();
        Optional<TimelineHistory> newest = Optional.empty();
        for (Optional<TimelineHistory> next = wal.history(next(own)); next.isPresent(); ) {
            newest = next;
            next = wal.history(next(next.get().timeline()));
        }
        if (newest.isPresent()) {
            return newest.get();
        }
        if (own.value() == 1) {
            return TimelineHistory.ofSingle(own);
        }
        Optional<TimelineHistory> ofBackup = backup.history(stored.version(), own);
        Optional<TimelineHistory> known = ofBackup.isPresent() ? ofBackup : wal.history(own);
        return known.orElseThrow(() -> BackupSpan.unusable(
                backup.description() + " is on timeline " + own
                        + ", and neither it nor an archive has the history file \"" + own.historyFileName() + "\"",
                "name the WAL archive that has the file."));
    }

    private static TimelineId next(TimelineId timeline) {
        return new TimelineId(timeline.value() + 1);
    }

    private static void requireWithin(Backup backup, BackupSpan span, TimelineHistory history) {
        requireWithin(backup, history, span.timeline(), span.start().redo());
        requireWithin(backup, history, span.endTimeline(), span.end());
    }

    private static void requireWithin(Backup backup, TimelineHistory history, TimelineId timeline, Lsn position) {
        Optional<TimelineSpan> found = history.span(timeline);
        boolean isWithin = found.isPresent()
                && !position.isBefore(found.get().begin())
                && !position.isAfter(found.get().end());
        if (!isWithin) {
            String left = found.isPresent()
                    ? "which timeline " + history.timeline() + " left at "
                            + found.get().end()
                    : "which timeline " + history.timeline() + " does not descend from";
            throw BackupSpan.unusable(
                    backup.description() + " reaches " + position + " on timeline " + timeline + ", " + left
                            + ": it holds work that was abandoned",
                    "use a backup that was complete before the failover, or one that was made since.");
        }
    }

    private static WalRecord firstRecord(
            Backup backup, TimelineHistory history, ControlFile stored, WalSegmentSource wal) throws IOException {
        Lsn begin = history.last().begin();
        try (WalReader reader = WalReader.open(wal, stored.version(), stored.walSegmentSize(), history, begin)) {
            return reader.next()
                    .orElseThrow(
                            () -> new ProblemException(
                                    new Problem(
                                            Kind.WAL_MISSING_FOR_REPLAY,
                                            backup.description() + " was made before timeline " + history.timeline()
                                                    + " began at " + begin
                                                    + ", and no archive has the first WAL of that timeline yet",
                                            "have the new primary archive it (SELECT pg_switch_wal()), or rewind from the new primary.")));
        }
    }
}

package org.pgrewind4j.core.internal.cluster;

import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Segments in which a timeline ends, on that timeline. Recovery itself reads each segment on the newest timeline that
 * has it, so it goes without. Two others do not:
 *
 * <ul>
 *   <li>The state of a transaction that was prepared since the last restartpoint is in WAL alone, and is read again at
 *       each shutdown checkpoint, restartpoint, end of it, and at the end of recovery ({@code
 *       src/backend/access/transam/twophase.c}, {@code ProcessTwoPhaseBuffer}, {@code CheckPointTwoPhase}, {@code
 *       XlogReadTwoPhaseData}; from 10 on, before that replay writes it to a file at once). Such a reader takes the
 *       segment on the timeline that its last byte has in the history of the timeline <em>that is replayed just
 *       then</em> ({@code xlogutils.c}, {@code XLogReadDetermineTimeline}). As long as replay has not come to the end
 *       of that timeline, this is the timeline itself.
 *   <li>From 17 on WAL is summarized timeline by timeline, up to the end of each
 *       ({@code src/backend/postmaster/walsummarizer.c}, {@code SummarizeWAL}), and kept until it is.
 * </ul>
 *
 * <p>All others read with the history of a timeline that has not ended: logical decoding as above, streaming to a
 * standby ({@code walsender.c}, {@code WalSndSegmentOpen}) by the newest timeline, too.
 *
 * <p>The source need not have the segment: one that archives renames it when it is promoted ({@code xlog.c},
 * {@code CleanupAfterArchiveRecovery}). The target's own holds what is given up behind the divergence. But all that is
 * read of it is in the segment of the next timeline, which begins with a copy ({@code xlog.c}, {@code XLogFileCopy});
 * and what the target has of it up to the divergence is shared. So it is written again from either, with zeros behind
 * the end of the timeline. Recovery may then meet it where the newest timeline's segment is missing: it finds shared
 * WAL, and its end.
 *
 * <p>It must not be archived: an archive may have the segment as the old primary wrote it. So it is marked as archived,
 * and goes away like any other of its number ({@code xlogarchive.c}, {@code XLogArchiveCheckDone}; {@code xlog.c},
 * {@code RemoveOldXlogFiles}).
 */
public record EndedTimelines(WalFiles walFiles, TimelineHistory history, Lsn divergence) {

    /**
     * The segments that are to be written.
     *
     * @param needed what replay reads, and where it comes from
     * @param end where replay ends
     */
    public List<RepeatWal> repeated(List<NeededWal> needed, Lsn end) {
        List<RepeatWal> repeated = new ArrayList<>();
        for (NeededWal newest : needed) {
            for (TimelineSpan span : history.spans()) {
                WalSegmentName segment = newest.segment();
                if (endsWithin(segment, span) && !span.end().isAfter(end)) {
                    WalSegmentName ended =
                            new WalSegmentName(span.timeline(), segment.segmentNumber(), segment.segmentSize());
                    if (walFiles.origin(ended) != Origin.TARGET && isAtHand(newest, ended, span.end())) {
                        repeated.add(new RepeatWal(walFiles.path(ended), ended.segmentSize(), span.end()));
                    }
                }
            }
        }
        return repeated;
    }

    /** Where the end is the segment's own there is no other timeline in it. */
    static boolean endsWithin(WalSegmentName segment, TimelineSpan span) {
        return segment.begin().isBefore(span.end()) && span.end().isBefore(segment.end());
    }

    private boolean isAtHand(NeededWal newest, WalSegmentName ended, Lsn end) {
        return switch (newest.origin()) {
            case TARGET, SOURCE, ARCHIVE -> true;
            case RESTORED_BY_STANDBY, MISSING -> isOnTarget(ended, end);
        };
    }

    /** Whether the target has that WAL up to an end, however its own continues. */
    public boolean isOnTarget(WalSegmentName ended, Lsn end) {
        return !end.isAfter(divergence) && walFiles.isWholeOnTarget(ended);
    }
}
